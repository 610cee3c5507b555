/** The channels on a runtime whose tracing channels do not tell whether they have subscribers, as Bun's. */
import * as diagnostics from 'node:diagnostics_channel';

const mockTracingChannel = (name: string) => {
  const made = diagnostics.tracingChannel(name);
  return Object.defineProperty(made, 'hasSubscribers', { value: undefined, configurable: true });
};

test('it is computed from the five channels', () => {
  jest.isolateModules(() => {
    jest.doMock('node:diagnostics_channel', () => ({ ...diagnostics, tracingChannel: mockTracingChannel }));
    const { channels } = require('./channels') as typeof import('./channels');
    expect(channels.call.hasSubscribers).toBe(false);
    for (const event of ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const) {
      const listen = () => undefined;
      channels.call[event].subscribe(listen);
      expect(channels.call.hasSubscribers).toBe(true);
      channels.call[event].unsubscribe(listen);
      expect(channels.call.hasSubscribers).toBe(false);
    }
  });
});
