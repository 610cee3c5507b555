/** The search for services ends, whatever answers: peers that go on answering, and answers that are none of Concord's. */
import { findServices } from './find-services';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A connection on which `answer` gives the next answer, one in 100 ms, for a minute or at the times in milliseconds. */
function answering(answer: (index: number) => unknown, times?: readonly number[]): Parameters<typeof findServices>[0] {
  const transport = {
    root: 'rpc',
    subscribe: (_: string, { deliver }: { deliver(message: object): void }) => {
      for (const [index, time] of (times ?? Array.from({ length: 600 }, (_, each) => each * 100)).entries()) {
        setTimeout(() => deliver({ subject: '', data: Buffer.from(JSON.stringify(answer(index))) }), time);
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

test.each<[string, readonly number[], number, number]>([
  ['no answer: two seconds', [], 0, 2_000],
  ['answers at once: half a second', [1, 2, 499], 3, 1_000],
  ['answers that come slowly: half of their time', [100, 550, 1_000, 1_480, 1_960, 2_900], 6, 2_900 + 1_450],
])('after %s without an answer it ends', async (_, times, count, endsAt) => {
  let found: readonly unknown[] | undefined;
  void findServices(
    answering((index) => service(`s${index}`), times),
    {},
  ).then((services) => {
    found = services;
  });
  await jest.advanceTimersByTimeAsync(endsAt - 10);
  expect(found).toBeUndefined();
  await jest.advanceTimersByTimeAsync(20);
  expect(found).toHaveLength(count);
});
