/** Measures the CPU time that metrics add to a call: `node bench/prometheus.mjs [calls] [rounds]`. */
import { join } from 'node:path';
import { load, printAddedCosts } from './added-cost.mjs';

const packages = join(import.meta.dirname, '../packages');
const { channels } = load(join(packages, 'core/dist/engine.js'));
const { prometheusMetrics } = load(join(packages, 'prometheus'));
const { Registry } = load('prom-client');

await printAddedCosts({
  nothing: () => undefined,
  'a subscriber that does nothing': () => {
    const listen = () => undefined;
    const observed = [channels.call.asyncEnd, channels.request.asyncEnd];
    for (const channel of observed) channel.subscribe(listen);
    return () => {
      for (const channel of observed) channel.unsubscribe(listen);
    };
  },
  'the metrics': ({ server }) => prometheusMetrics({ register: new Registry(), servers: [server] }).end,
});
