/** Puts load on a method: calls with a number in flight, or so many a second however long they take. */

/** The load. */
export interface BenchLoad {
  /** Most calls in flight. */
  readonly concurrency: number;
  /** Calls a second; without it, a call begins when another one has ended. */
  readonly rate?: number;
  /** Milliseconds after which no call begins. */
  readonly duration: number;
  /** Calls after which no call begins. */
  readonly calls: number;
  /** Ends the load before its time. */
  readonly signal: AbortSignal | undefined;
}

/** Receives the end of each call. */
export interface LoadCounter {
  succeed(milliseconds: number): void;
  fail(error: unknown): void;
}

/** Makes calls until the load is over. Resolves when the last call has ended. Never rejects. */
export async function putLoad({ signal, ...load }: BenchLoad, call: () => Promise<unknown>, counter: LoadCounter): Promise<void> {
  const end: LoadEnd = { isStopped: signal?.aborted === true };
  const stop = () => {
    end.isStopped = true;
  };
  signal?.addEventListener('abort', stop);
  await (load.rate === undefined
    ? closedLoop({ ...load, end }, call, counter)
    : openLoop({ ...load, end, rate: load.rate }, call, counter));
  signal?.removeEventListener('abort', stop);
}

/** True once the load was ended before its time. A plain property, because it is read at each call. */
interface LoadEnd {
  isStopped: boolean;
}

type RunningLoad = Omit<BenchLoad, 'signal'> & { readonly end: LoadEnd };

/** Keeps `concurrency` calls in flight. */
async function closedLoop(
  { concurrency, duration, calls, end }: RunningLoad,
  call: () => Promise<unknown>,
  counter: LoadCounter,
): Promise<void> {
  const lastBegin = performance.now() + duration;
  let made = 0;
  const worker = async () => {
    let began = performance.now();
    while (made < calls && began < lastBegin && !end.isStopped) {
      made++;
      try {
        await call();
        const ended = performance.now();
        counter.succeed(ended - began);
        began = ended;
      } catch (error) {
        counter.fail(error);
        await inNextTurn(); // errors before a call is sent would keep this process from everything else
        began = performance.now();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, calls) }, worker));
}

/**
 * Begins the calls of each millisecond together. The time of a call begins when it is due: also if it has to wait for a place in flight, so that
 * slow answers cannot hide behind calls that were not made (coordinated omission).
 */
async function openLoop(
  { concurrency, duration, calls, end, rate }: RunningLoad & { readonly rate: number },
  call: () => Promise<unknown>,
  counter: LoadCounter,
): Promise<void> {
  const start = performance.now();
  const most = Math.min(calls, Math.round((duration * rate) / 1_000));
  /** The times at which calls that wait for a place were due, oldest first. */
  let waiting: number[] = [];
  let flying = 0;
  const begin = async (due: number) => {
    flying++;
    try {
      await call();
      counter.succeed(performance.now() - due);
    } catch (error) {
      counter.fail(error);
    }
    flying--;
  };
  let made = 0;
  const isOver = () => end.isStopped || (made >= most && waiting.length === 0);
  while (!isOver() || flying > 0) {
    const now = await turnAt(performance.now() + 1);
    if (isOver()) continue;
    const elapsed = Math.min(now - start, duration);
    // the delay of a timer of up to a millisecond is not the fault of the server
    for (const until = Math.min(most, Math.floor((elapsed * rate) / 1_000)); made < until; made++)
      waiting.push(Math.min(now, start + ((made + 1) * 1_000) / rate + 1));
    const places = Math.min(waiting.length, concurrency - flying);
    for (const due of waiting.slice(0, places)) void begin(due);
    waiting = waiting.slice(places);
  }
}

async function turnAt(time: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, time - performance.now()));
  return performance.now();
}

function inNextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
