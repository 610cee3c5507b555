/** A stream of results on its way to a reader: never more of it under way than the reader has room for. */
import { type Codec, type Cut, type EncodedArgs, LONGEST_TIMER, RpcError } from '@concord-rpc/core';
import type { IncomingRequest } from './incoming-request';

/** What a handler of a stream may return. */
export type StreamSource = AsyncIterable<unknown> | Iterable<unknown>;

/** Items of one turn leave together up to this many bytes. */
const LONGEST = 49_152;
/** Most bytes of a message that are not items. */
const ENVELOPE = 128;
/** Room for so many items if the reader does not say. */
const DEFAULT_WINDOW = 64;
/** Room for no more, whatever the reader says. */
const LARGEST_WINDOW = 65_536;
/** A handler that never waits for anything lets others run after so many items. */
const ITEMS_A_TURN = 256;
/** A reader gives a word at least as often as it wants one; after so many times in silence it is taken for gone. */
const SILENCES = 3;

/** Pulls items from a handler and sends them. */
export class StreamReply {
  private room: number;
  private gathered: EncodedArgs[] = [];
  private bytes = 0;
  private wake: (() => void) | undefined;
  private silences = 0;
  private inTurn = 0;
  private timer: NodeJS.Timeout | undefined;
  private iterator: AnyIterator | undefined;
  private readonly longest: number;
  private readonly cut: Cut | undefined;

  constructor(
    private readonly exchange: IncomingRequest,
    private readonly codec: Codec,
    /** Sends one message; throws if it cannot. */
    private readonly publish: (data: Uint8Array) => void,
    private readonly maxPayload: number,
  ) {
    this.longest = Math.min(LONGEST, maxPayload / 2);
    this.room = Math.min(LARGEST_WINDOW, exchange.request?.window ?? DEFAULT_WINDOW);
    this.cut = exchange.cut;
    const monitor = exchange.request?.monitor;
    if (monitor === undefined) return;
    this.timer = setInterval(() => this.onSilence(), Math.min(LONGEST_TIMER, monitor));
    this.timer.unref();
  }

  /** The reader has room for more, or says that it is there. */
  grant(items: unknown): void {
    this.silences = 0;
    if (typeof items !== 'number' || !(items > 0)) return;
    this.room = Math.min(LARGEST_WINDOW, this.room + items);
    this.wake?.();
  }

  /**
   * Sends everything; resolves when the end is sent or nobody reads any more. Resolves to an error if an item cannot be sent, rejects with what the
   * handler threw.
   */
  pump(given: StreamSource | Promise<StreamSource>): Promise<RpcError | undefined> {
    return new Promise((resolve, reject) => {
      const { signal } = this.exchange;
      // the handler may hang in what it waits for; nobody waits for the handler then
      signal.addEventListener('abort', () => {
        this.stop();
        resolve(undefined);
      });
      this.sendAll(given).then(resolve, reject);
    });
  }

  private async sendAll(given: StreamSource | Promise<StreamSource>): Promise<RpcError | undefined> {
    const { signal, label } = this.exchange;
    try {
      const iterator = iteratorOf(await given, label);
      this.iterator = iterator;
      while (!signal.aborted) {
        const next = await iterator.next();
        if (signal.aborted) break;
        if (next.done) {
          this.iterator = undefined;
          this.send(true);
          return undefined;
        }
        const problem = this.add(this.known(next.value, iterator));
        if (problem !== undefined) return problem;
        if (++this.inTurn === ITEMS_A_TURN) {
          this.inTurn = 0;
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (this.room > 0) continue;
        this.send(false);
        await this.hasRoom();
      }
      return undefined;
    } catch (thrown) {
      this.iterator = undefined;
      throw thrown;
    } finally {
      this.send(false); // what came before an error
      this.stop();
    }
  }

  /** The item as the reader's version knows it. */
  private known(item: unknown, iterator: AnyIterator): unknown {
    try {
      return this.cut === undefined ? item : this.cut(item);
    } catch (thrown) {
      leave(iterator);
      throw thrown;
    }
  }

  /** Lets the handler's generator run its `finally`. */
  private stop(): void {
    clearInterval(this.timer);
    if (this.iterator !== undefined) leave(this.iterator);
    this.iterator = undefined;
    this.wake?.();
  }

  private add(item: unknown): RpcError | undefined {
    let encoded: EncodedArgs;
    try {
      encoded = this.codec.encodeItem(item);
    } catch (thrown) {
      return this.inItem(RpcError.from(thrown));
    }
    if (encoded.length + ENVELOPE > this.maxPayload) return this.inItem(tooLarge(encoded.length, this.maxPayload));
    if (this.bytes + encoded.length > this.longest) this.send(false);
    if (this.gathered.push(encoded) === 1) process.nextTick(() => this.send(false));
    this.bytes += encoded.length + 1;
    this.room--;
    return undefined;
  }

  private inItem({ code, rawMessage, data }: RpcError): RpcError {
    return new RpcError(code, `item of ${this.exchange.label}: ${rawMessage}`, { executed: 'yes', data });
  }

  private send(end: boolean): void {
    if ((this.gathered.length === 0 && !end) || this.exchange.signal.aborted) return;
    const items = this.gathered;
    this.gathered = [];
    this.bytes = 0;
    try {
      this.publish(this.codec.encodeItems(items, end, this.exchange.nonce));
    } catch (thrown) {
      this.exchange.abort(RpcError.from(thrown)); // not connected: the reader hears nothing, and ends by itself
    }
  }

  private hasRoom(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private onSilence(): void {
    if (++this.silences < SILENCES) return;
    this.exchange.abort(new RpcError('cancelled', `the reader of ${this.exchange.label} has fallen silent`));
  }
}

type AnyIterator = AsyncIterator<unknown> | Iterator<unknown>;

function tooLarge(size: number, limit: number): RpcError {
  const data = { where: 'reply', size, limit } as const;
  return new RpcError('payload_too_large', `${size} bytes are over the broker's limit of ${limit}`, { data });
}

function iteratorOf(source: StreamSource, label: string): AnyIterator {
  const asynchronous = (source as Partial<AsyncIterable<unknown>> | null)?.[Symbol.asyncIterator];
  if (typeof asynchronous === 'function') return asynchronous.call(source);
  const synchronous = typeof source === 'object' ? (source as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] : undefined;
  if (typeof synchronous === 'function') return synchronous.call(source);
  throw new Error(`${label} is a stream, and its handler returned nothing to iterate over`);
}

/** Lets a generator run its `finally`; what it does then concerns nobody. */
function leave(iterator: AnyIterator): void {
  try {
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  } catch {
    // the same for one that is not asynchronous
  }
}
