/** The retry budget and the back-off, on a clock and a chance of the test's own. */
import { RpcError } from '@concord-rpc/core';
import fc from 'fast-check';
import { delayAfter, isRetried, readRetry, USUAL } from '../options/retry-policy';
import { RetryBudget } from './retry-budget';

/** Events on a connection: time passes, calls are made, retries are asked for. */
const steps = fc.array(fc.record({ wait: fc.nat(3_000), calls: fc.nat(300), retries: fc.nat(150) }), {
  minLength: 1,
  maxLength: 60,
});

test('whenever one is spent, the retries of the last ten seconds are at most a fifth of the calls and ten a second', () => {
  fc.assert(
    fc.property(fc.nat(100_000), steps, (begin, happenings) => {
      let now = begin;
      const budget = new RetryBudget(now);
      const calls: number[] = [];
      const retries: number[] = [];
      for (const each of happenings) {
        now += each.wait;
        for (let call = 0; call < each.calls; call++) budget.called(now);
        for (let call = 0; call < each.calls; call++) calls.push(now);
        for (let asked = 0; asked < each.retries; asked++) if (budget.spend(now)) retries.push(now);
        const recent = (times: number[]) => times.filter((time) => time > now - 10_000).length;
        if (retries.at(-1) === now) expect(recent(retries)).toBeLessThanOrEqual(0.2 * recent(calls) + 100);
        // a young budget has not yet got what ten seconds bring
        expect(retries.length).toBeLessThanOrEqual(0.2 * calls.length + 10 * ((now - begin) / 1_000 + 1));
      }
    }),
  );
});

test('ten a second are always allowed', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 40 }), (begin, seconds) => {
      const budget = new RetryBudget(begin);
      for (let second = 0; second < seconds; second++) {
        for (let retry = 0; retry < 9; retry++) expect(budget.spend(begin + second * 1_000)).toBe(true);
      }
    }),
  );
});

test('what was called long ago counts no more', () => {
  const budget = new RetryBudget(0);
  for (let call = 0; call < 1_000; call++) budget.called(0);
  const spent = (now: number) => {
    let count = 0;
    while (budget.spend(now)) count++;
    return count;
  };
  expect(spent(500)).toBe(215);
  expect(spent(30_000)).toBe(100);
});

test('a delay is a part of what doubles, on top of what the server asks for', () => {
  const policies = fc
    .record({ attempts: fc.integer({ min: 2, max: 20 }), firstDelay: fc.nat(1_000), more: fc.nat(10_000) })
    .map(({ attempts, firstDelay, more }) => ({ attempts, firstDelay, longestDelay: firstDelay + more }))
    .map((given) => readRetry(given, { retry: USUAL, timeoutBackoff: undefined }).retry);
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const asked = fc.option(fc.nat(5_000), { nil: undefined });
  fc.assert(
    fc.property(policies, fc.integer({ min: 1, max: 50 }), chance, asked, (policy, made, random, retryAfter) => {
      const error = new RpcError('overloaded', 'x', { data: retryAfter === undefined ? undefined : { retryAfter } });
      const delay = delayAfter(policy, made, error, () => random);
      const longest = Math.min(policy.longestDelay, policy.firstDelay * 2 ** (made - 1));
      expect(delay).toBeCloseTo((retryAfter ?? 0) + random * longest, 6);
      expect(delay - (retryAfter ?? 0)).toBeLessThanOrEqual(policy.longestDelay);
    }),
  );
});

test.each([-1, Number.NaN, '50', null])('a server that asks for %p is not heard', (retryAfter) => {
  expect(delayAfter(USUAL, 1, new RpcError('overloaded', 'x', { data: { retryAfter: retryAfter as number } }), () => 0)).toBe(0);
});

test('whatever ran is never retried, and whatever may have run only if that does no harm', () => {
  const codes = fc.constantFrom('overloaded', 'server_stopped', 'connection_lost', 'deadline_exceeded', 'internal', 'no_servers');
  const kinds = fc.constantFrom('heartbeat', 'deadline', undefined);
  fc.assert(
    fc.property(
      codes,
      fc.constantFrom('no', 'maybe', 'yes'),
      kinds,
      fc.boolean(),
      fc.boolean(),
      (code, executed, kind, asked, repeatable) => {
        const error = new RpcError(code as 'internal', 'x', { executed: executed as 'no', data: { kind } });
        const retried = isRetried(error, asked, repeatable);
        if (retried) expect(executed === 'no' || (executed === 'maybe' && repeatable)).toBe(true);
      },
    ),
  );
});
