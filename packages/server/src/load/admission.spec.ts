/** Concurrency limits and queues under random arrivals and ends, and the log of refused casts on a clock of the test. */
import { performance } from 'node:perf_hooks';
import { RpcError } from '@concord-rpc/core';
import { jsonCodec } from '@concord-rpc/core/wire';
import fc from 'fast-check';
import type { Registration } from '../registration/registration';
import { IncomingRequest } from '../request/incoming-request';
import type { ServedMethod } from '../request/served-method';
import { NO_STATS } from '../request/server-stats';
import { Admission } from './admission';
import { IdleWait } from './idle-wait';
import { RefusedCasts } from './refused-casts';
import { Slots } from './slots';

const methods = ['a', 'b', 'c'].map(
  (label) =>
    ({ label, definition: {}, tally: { started: 0, timed: 0, milliseconds: 0, times: new Uint32Array(128) } }) as ServedMethod,
);
const registration = { methods: new Map(methods.map((method) => [method.label, method])) } as unknown as Registration;

/** A request arrives (for one of the methods, perhaps with a deadline that passes while it is queued), a running one ends, or late ones are dropped. */
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ come: fc.nat(2), late: fc.boolean() }) },
    { weight: 4, arbitrary: fc.record({ end: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.constant({ look: true }) },
  ),
  { maxLength: 120 },
);
const bounds = fc.record({ maxConcurrent: fc.integer({ min: 1, max: 4 }), maxQueue: fc.nat(5) });

test('the limits hold, each method runs its requests in order, and every admitted request runs or is dropped', () => {
  fc.assert(
    fc.property(bounds, fc.dictionary(fc.constantFrom('a', 'b'), bounds), steps, (server, limits, happenings) => {
      const stats = { ...NO_STATS };
      const running: IncomingRequest[] = [];
      const ended = new Set<IncomingRequest>();
      const order = new Map(methods.map(({ label }) => [label, { came: [] as IncomingRequest[], ran: [] as IncomingRequest[] }]));
      const begin = (request: IncomingRequest) => {
        running.push(request);
        order.get(request.label)!.ran.push(request);
      };
      const drop = (request: IncomingRequest) => {
        request.become('answered');
        ended.add(request);
      };
      const admission = new Admission({
        limits: { ...server, limits },
        registrations: [registration],
        stats,
        idle: new IdleWait(() => 0),
        waiters: { run: begin, drop },
      });
      const end = (request: IncomingRequest) => {
        ended.add(request);
        request.become('answered');
        admission.end(request);
      };
      const come = (method: ServedMethod, late: boolean) => {
        try {
          admission.requireRoom(method);
        } catch {
          return;
        }
        const request = new IncomingRequest(
          's',
          { subject: 'x', reply: undefined, form: 'alone' as const, codec: jsonCodec },
          { args: [] },
        );
        request.method = method;
        order.get(method.label)!.came.push(request);
        if (admission.enter(request)) begin(request);
        else if (late) request.deadline = performance.now();
      };
      const check = () => {
        expect(running.length).toBeLessThanOrEqual(server.maxConcurrent);
        for (const [label, { maxConcurrent }] of Object.entries(limits)) {
          expect(running.filter((each) => each.label === label).length).toBeLessThanOrEqual(maxConcurrent);
        }
      };
      for (const each of happenings) {
        if ('come' in each) come(methods[each.come]!, each.late);
        else if ('look' in each) admission.queue.dropLate();
        else if (running.length > 0) end(running.splice(each.end % running.length, 1)[0]!);
        check();
      }
      for (let last = running.pop(); last !== undefined; last = running.pop()) {
        end(last);
        check();
      }
      expect(stats).toMatchObject({ queued: 0, inFlight: 0 });
      for (const { came, ran } of order.values()) {
        expect(came.filter((each) => !ended.has(each))).toEqual([]);
        expect(came.filter((each) => ran.includes(each))).toEqual(ran);
      }
    }),
  );
});

test('the advised pause is the time in which all present requests are served, at least 1 ms and at most 10 s', () => {
  const slots = new Slots(4, 10);
  slots.taken = 4;
  for (let each = 0; each < 100; each++) slots.timed(0.001);
  expect(slots.retryAfter).toBe(1);
  for (let each = 0; each < 100; each++) slots.timed(200);
  expect(slots.retryAfter).toBe(200);
  for (let each = 0; each < 4; each++)
    slots.queue.add(
      new IncomingRequest('s', { subject: 'x', reply: undefined, form: 'alone' as const, codec: jsonCodec }, { args: [] }),
    );
  expect(slots.retryAfter).toBe(400);
  for (let each = 0; each < 100; each++) slots.timed(3_600_000);
  expect(slots.retryAfter).toBe(10_000);
});

test('refused casts: the first with a code is logged at once, the others together', () => {
  let now = 0;
  const lines: string[] = [];
  const casts = new RefusedCasts(
    'cast',
    (line) => lines.push(line),
    () => now,
  );
  const full = new RpcError('overloaded', 'full');
  for (now = 0; now <= 20_000; now += 100) casts.add(full);
  expect(lines).toEqual([
    'refused a cast: [overloaded] full',
    'refused 100 casts since the last line; the last one: [overloaded] full',
    'refused 100 casts since the last line; the last one: [overloaded] full',
  ]);
  casts.add(new RpcError('no_such_method', 'another kind'));
  expect(lines.at(-1)).toBe('refused a cast: [no_such_method] another kind');
});
