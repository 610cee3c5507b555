/** A proxy that rewrites "no responders", in a thread of its own, so that a test can block its own event loop. */
import { once } from 'node:events';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { noRespondersForm, startStatusProxy } from './no-responders';

/** A running proxy. */
export interface StatusProxy {
  readonly port: number;
  /** The number of statuses that were rewritten. */
  rewritten(): number;
  /** Ends the proxy with all its connections. */
  stop(): Promise<void>;
}

/** The data of the thread. */
interface ThreadData {
  readonly to: number;
  readonly port?: number;
  readonly statuses: string;
  /** One number: the statuses that were rewritten. */
  readonly counter: Int32Array;
}

/** The compiled form of this file, also when a test runner has loaded the source. */
const COMPILED = join(__dirname, '../dist/status-proxy.js');

/**
 * Starts a proxy in front of a nats-server on 127.0.0.1, which gives "no responders" the form of a release.
 *
 * @throws Error if there is no such release.
 */
export async function runStatusProxy(to: number, statuses: string, port?: number): Promise<StatusProxy> {
  noRespondersForm(statuses);
  const counter = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const data: ThreadData = { to, port, statuses, counter };
  const thread = new Worker(COMPILED, { workerData: data });
  thread.unref();
  const [own] = (await once(thread, 'message')) as [number];
  return {
    port: own,
    rewritten: () => Atomics.load(counter, 0),
    stop: async () => void (await thread.terminate()),
  };
}

async function runThread({ to, port, statuses, counter }: ThreadData): Promise<void> {
  const onRewritten = () => void Atomics.add(counter, 0, 1);
  parentPort!.postMessage(await startStatusProxy({ to, port, form: noRespondersForm(statuses), onRewritten }));
}

if (!isMainThread && (workerData as Partial<ThreadData> | null)?.statuses !== undefined) void runThread(workerData);
