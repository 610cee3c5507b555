/** The search for services ends, whatever answers: peers that go on answering, and answers that are none of Concord's. */
import { findServices } from './find-services';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A connection on which `answer` gives the next answer, one in 100 ms, for a minute. */
function answering(answer: (index: number) => unknown): Parameters<typeof findServices>[0] {
  const transport = {
    root: 'rpc',
    subscribe: (_: string, { deliver }: { deliver(message: object): void }) => {
      for (let index = 0; index < 600; index++) {
        setTimeout(() => deliver({ subject: '', data: Buffer.from(JSON.stringify(answer(index))) }), index * 100);
      }
      return { drain: async () => undefined };
    },
    publish: () => undefined,
    onPublishRefused: () => () => undefined,
  };
  return { transport } as never;
}

const service = (server: string, more: object = {}) => ({
  name: 'Ports',
  version: '1.2.0',
  metadata: { 'concord.topic': 'default/ports', 'concord.server': server, ...more },
});

test.each([
  ['services without end', (index: number) => service(`s${index}`), 150],
  ['one service, again and again', () => service('s'), 1],
  ['services of other programs', () => ({ name: 'other', version: '1.0.0', metadata: {} }), 0],
  ['a name that is none', () => service('a..b'), 0],
  ['a topic that is none', () => service('s', { 'concord.topic': 'a/b.*' }), 0],
  ['nothing that can be read', () => null, 0],
])('%s: it ends after 15 s', async (_, answer, count) => {
  let found: readonly unknown[] | undefined;
  void findServices(answering(answer)).then((services) => {
    found = services;
  });
  await jest.advanceTimersByTimeAsync(14_900);
  expect(found).toBeUndefined();
  await jest.advanceTimersByTimeAsync(200);
  expect(found!.length).toBeGreaterThanOrEqual(count);
  expect(found!.length).toBeLessThanOrEqual(count + 1);
});
