/** Starts the page. */
import { render } from 'preact';
import { App } from './app';
import { FleetStore, receiveFleet } from './fleet-store';

const store = new FleetStore();
receiveFleet(store);
render(<App store={store} />, document.getElementById('page')!);
