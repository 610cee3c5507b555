/** Usage reports: made again only for new counts, seldom if they take long, and remembered while their pages are read. */
import type { UsageReport } from '@concord-rpc/core/wire';
import { UsageAnswers } from './usage-answers';

/** A log whose reports take some milliseconds, and a clock that these move on. */
function setUp({ takes = 0, method = 'm' } = {}) {
  const seen = { now: 1_000, calls: 0, reports: 0 };
  const log = {
    state: () => `${seen.calls}`,
    report: (server: string): UsageReport => {
      seen.now += takes;
      seen.reports++;
      const use = { endpoint: 'Api@1', method, needs: '1.0', args: [], calls: seen.calls, ago: 0 };
      return { server, seconds: 1, uses: [use] };
    },
  };
  return { seen, answers: new UsageAnswers('s', [], log, () => seen.now) };
}

test('questions about the same counts share one report; new counts make a new one', () => {
  const { seen, answers } = setUp();
  const first = answers.present(1_000_000);
  expect(answers.present(1_000_000)).toBe(first);
  seen.calls = 1;
  expect(answers.present(1_000_000).hash).not.toBe(first.hash);
  expect(seen.reports).toBe(2);
});

test('under calls and questions without end, reports of several pages take a tenth of the time', () => {
  const { seen, answers } = setUp({ takes: 5, method: 'm'.repeat(20_000) });
  for (let question = 0; question < 1_000; question++) {
    seen.calls++;
    seen.now++;
    answers.present(1_000_000);
  }
  const passed = seen.now - 1_000;
  expect(seen.reports * 5).toBeLessThanOrEqual(passed / 10 + 5);
  expect(seen.reports).toBeGreaterThan(10);
});

test('the four latest reports of several pages are found by their hash', () => {
  const { seen, answers } = setUp({ method: 'm'.repeat(20_000) });
  const hashes = Array.from({ length: 6 }, () => {
    seen.calls++;
    return answers.present(1_000_000).hash;
  });
  expect(hashes.map((hash) => answers.of(hash)?.hash)).toEqual([undefined, undefined, ...hashes.slice(2)]);
  expect(answers.of('__proto__')).toBeUndefined();
});

test('a report of one page needs no memory', () => {
  const { answers } = setUp();
  expect(answers.of(answers.present(1_000_000).hash)).toBeUndefined();
});
