/** Slots and queues under any order of comings and goings, and the log of refused casts on a clock of the test's own. */
import { performance } from 'node:perf_hooks';
import { jsonCodec } from '@concord-rpc/core';
import fc from 'fast-check';
import type { Registration, ServedMethod } from '../registration/served-method';
import { IncomingRequest } from '../request/incoming-request';
import { NO_STATS } from '../request/server-stats';
import { Admission } from './admission';
import { RefusedCasts } from './refused-casts';
import { Slots } from './slots';

const methods = ['a', 'b', 'c'].map((label) => ({ label }) as ServedMethod);
const registration = { methods: new Map(methods.map((method) => [method.label, method])) } as unknown as Registration;

/** A call comes (of one of the methods, perhaps with a deadline that has passed when its turn comes), or one that runs ends, or the queue is looked through. */
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ come: fc.nat(2), late: fc.boolean() }) },
    { weight: 4, arbitrary: fc.record({ end: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.constant({ look: true }) },
  ),
  { maxLength: 120 },
);
const bounds = fc.record({ maxConcurrent: fc.integer({ min: 1, max: 4 }), maxQueue: fc.nat(5) });

test('never more than may run, all in order by method, and whatever is taken in runs or is dropped', () => {
  fc.assert(
    fc.property(bounds, fc.dictionary(fc.constantFrom('a', 'b'), bounds), steps, (server, limits, happenings) => {
      const stats = { ...NO_STATS };
      const running: IncomingRequest[] = [];
      const ended = new Set<IncomingRequest>();
      const order = new Map(methods.map(({ label }) => [label, { came: [] as IncomingRequest[], ran: [] as IncomingRequest[] }]));
      const begin = (exchange: IncomingRequest) => {
        running.push(exchange);
        order.get(exchange.label)!.ran.push(exchange);
      };
      const admission = new Admission({ ...server, limits }, [registration], stats, {
        run: begin,
        drop: (exchange) => ended.add(exchange),
      });
      const end = (exchange: IncomingRequest) => {
        ended.add(exchange);
        admission.leave(exchange);
      };
      const come = (method: ServedMethod, late: boolean) => {
        try {
          admission.requireRoom(method);
        } catch {
          return;
        }
        const exchange = new IncomingRequest('s', 'x', undefined, jsonCodec);
        exchange.method = method;
        order.get(method.label)!.came.push(exchange);
        if (admission.enter(exchange, [])) begin(exchange);
        else if (late) exchange.deadline = performance.now();
      };
      const check = () => {
        expect(running.length).toBeLessThanOrEqual(server.maxConcurrent);
        for (const [label, { maxConcurrent }] of Object.entries(limits)) {
          expect(running.filter((each) => each.label === label).length).toBeLessThanOrEqual(maxConcurrent);
        }
      };
      for (const each of happenings) {
        if ('come' in each) come(methods[each.come]!, each.late);
        else if ('look' in each) admission.dropLate();
        else if (running.length > 0) end(running.splice(each.end % running.length, 1)[0]!);
        check();
      }
      for (let last = running.pop(); last !== undefined; last = running.pop()) {
        end(last);
        check();
      }
      expect(stats.queued).toBe(0);
      for (const { came, ran } of order.values()) {
        expect(came.filter((each) => !ended.has(each))).toEqual([]);
        expect(came.filter((each) => ran.includes(each))).toEqual(ran);
      }
    }),
  );
});

test('the time that is advised is that in which what is here is served, 1 ms or more, and not without end', () => {
  const places = new Slots(4, 10);
  for (let each = 0; each < 4; each++) places.take(new IncomingRequest('s', 'x', undefined, jsonCodec));
  for (let each = 0; each < 100; each++) places.timed(0.001);
  expect(places.retryAfter).toBe(1);
  for (let each = 0; each < 100; each++) places.timed(200);
  expect(places.retryAfter).toBe(200);
  for (let each = 0; each < 4; each++) places.take(new IncomingRequest('s', 'x', undefined, jsonCodec));
  expect(places.retryAfter).toBe(400);
  for (let each = 0; each < 100; each++) places.timed(3_600_000);
  expect(places.retryAfter).toBe(10_000);
});

test('refused casts: the first is logged at once, the others together', () => {
  let now = 0;
  const lines: string[] = [];
  const casts = new RefusedCasts(
    (line) => lines.push(line),
    () => now,
  );
  for (now = 0; now <= 20_000; now += 100) casts.add('full');
  expect(lines).toEqual([
    'refused a cast: full',
    'refused 100 casts since the last line; the last one: full',
    'refused 100 casts since the last line; the last one: full',
  ]);
});
