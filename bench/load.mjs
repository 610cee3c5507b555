/** Puts load on a client: calls with a number in flight, casts until all are counted, or calls at a rate. */
import { performance } from 'node:perf_hooks';

const CAST_BATCH = 256;
/** The most messages that servers have to count, because some contenders send many seconds' worth without backpressure. */
const MOST_COUNTED = 100_000;
const LONGEST_COUNT = 30_000;

/** Keeps `concurrency` calls in flight for `ms` milliseconds, or until `calls` were made. Passes every answer to `check`, if given. */
export async function closedLoop(
  { call },
  { send, concurrency },
  { ms = Number.POSITIVE_INFINITY, calls = Number.POSITIVE_INFINITY, check },
) {
  const start = performance.now();
  const end = start + ms;
  let made = 0;
  let count = 0;
  const worker = async () => {
    while (made < calls && performance.now() < end) {
      const answer = await send(call, made++);
      if (check !== undefined) check(answer);
      count++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { count, ms: performance.now() - start };
}

/**
 * Sends casts for `ms` milliseconds, or until `casts` were sent or the servers' backlog is at its limit, then waits until they have
 * counted every cast. The time includes the wait.
 */
export async function countedCasts(client, { send, everyServer, deployment }, { ms = Number.POSITIVE_INFINITY, casts }) {
  const { call, flush } = client;
  const receivers = everyServer ? deployment.servers : 1;
  const most = casts ?? MOST_COUNTED / receivers;
  const before = await call.counted();
  const start = performance.now();
  let sent = 0;
  while (performance.now() < start + ms && sent < most) {
    const batch = [];
    for (const until = Math.min(sent + CAST_BATCH, most); sent < until; sent++) batch.push(send(client));
    await Promise.all(batch);
    await flush?.();
  }
  const count = sent * receivers;
  const last = performance.now() + LONGEST_COUNT;
  for (;;) {
    const counted = (await call.counted()) - before;
    const now = performance.now();
    if (counted === count) return { count, ms: now - start };
    if (counted > count || now > last) throw new Error(`${count} casts were sent and ${counted} counted`);
  }
}

/**
 * Makes `rate` calls a second, some each millisecond, without waiting for answers, and times each call. The delay of a
 * timer up to one millisecond is not counted. A longer delay is, because the client causes it.
 */
export async function paced({ call }, { send }, { ms, rate }) {
  const start = performance.now();
  const latencies = [];
  const failures = [];
  let issued = 0;
  let done = 0;
  for (let tick = start; tick < start + ms; tick += 1) {
    const now = await reached(tick);
    const due = Math.min(now, tick + 1);
    for (const until = Math.round((tick - start) * (rate / 1_000)); issued < until; issued++) {
      send(call, issued).then(
        () => latencies.push(performance.now() - due),
        (error) => failures.push(error),
      );
    }
  }
  const last = performance.now() + 10_000;
  while ((done = latencies.length + failures.length) < issued && performance.now() < last) await reached(performance.now() + 1);
  if (failures.length > 0) throw failures[0];
  if (done < issued) throw new Error(`${issued - done} of ${issued} calls were not answered`);
  latencies.sort((a, b) => a - b);
  return { count: done, ms: performance.now() - start, p50: at(latencies, 0.5), p99: at(latencies, 0.99) };
}

async function reached(time) {
  const left = time - performance.now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
  return performance.now();
}

function at(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
