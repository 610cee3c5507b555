/** Sends the items of a stream to its reader, never more than the reader has room for. */

import { RpcError } from '@concord-rpc/core';
import { atEndOfTurn, type Cut, inNextTurn } from '@concord-rpc/core/engine';
import { byteLength, type Codec, type Encoded } from '@concord-rpc/core/wire';
import type { CreditReceiver, IncomingRequest } from '../request/incoming-request';
import { UnreadItems } from './unread-items';

/** The iterables that a handler of a stream can return. */
export type StreamSource = AsyncIterable<unknown> | Iterable<unknown>;

/** Items of one turn are sent in one message of at most this many bytes. */
const LONGEST = 49_152;
/** Most bytes of a message in addition to its items. */
const ENVELOPE = 128;
/** Room for items until the reader has sent credit, and if it states no window. */
const FIRST_WINDOW = 64;
/** Most bytes of items that are sent and not yet read. */
const MOST_UNREAD = 4_194_304;
/** Most bytes of items that are sent before the reader has sent credit. */
const FIRST_UNREAD = 262_144;
/** Items that are sent however large they are: readers send credit when they have read so many. */
const ANY_SIZE = 32;
/** Largest room for items, even if the reader grants more. */
const LARGEST_WINDOW = 65_536;
/** After this many items, a handler that never awaits lets other code run. */
const ITEMS_A_TURN = 256;
/** A reader sends credit at least once per interval. After this many silent intervals it counts as gone. */
const SILENCES = 3;
/** Milliseconds of an interval if the reader states none. */
const DEFAULT_INTERVAL = 10_000;
const SHORTEST_INTERVAL = 100;
/** Longest interval in milliseconds, so that no stream is held for ever. A reader that states none has no interval within this time. */
const LONGEST_INTERVAL = 600_000;

/** Pulls items from a handler's iterable and sends them. */
export class StreamReply implements CreditReceiver {
  private room: number;
  /** The room that the reader is given when it has read everything: it grows with its credit, up to `window`. */
  private granted: number;
  private readonly window: number;
  private readonly unread = new UnreadItems();
  private mostUnread = FIRST_UNREAD;
  private gathered: Encoded[] = [];
  private bytes = 0;
  private wake: (() => void) | undefined;
  private silences = 0;
  private inTurn = 0;
  private timer: NodeJS.Timeout | undefined;
  private iterator: AnyIterator | undefined;
  private readonly longest: number;
  private readonly cut: Cut | undefined;

  constructor(
    private readonly request: IncomingRequest,
    private readonly codec: Codec,
    /** Sends one message; throws if it cannot. */
    private readonly publish: (data: Encoded) => void,
    private readonly maxPayload: number,
  ) {
    this.longest = Math.min(LONGEST, maxPayload / 2);
    this.window = Math.min(LARGEST_WINDOW, request.envelope.window ?? FIRST_WINDOW);
    this.granted = Math.min(FIRST_WINDOW, this.window);
    this.room = this.granted;
    this.cut = request.cut;
    const interval = intervalOf(request);
    if (interval === undefined) return;
    this.timer = setInterval(() => this.onSilence(), interval);
    this.timer.unref();
  }

  grant(items: unknown): void {
    this.silences = 0;
    if (typeof items !== 'number' || !(items > 0)) return;
    // a reader that has read so many can be sent as many more, up to its window
    const more = Math.min(items, this.window - this.granted);
    this.granted += more;
    this.room = Math.min(LARGEST_WINDOW, this.room + items + more);
    this.unread.read(items);
    this.mostUnread = MOST_UNREAD;
    if (this.hasFreeRoom) this.wake?.();
  }

  /**
   * Sends all items. Resolves when the end is sent or the reader has stopped reading; to an error if an item cannot be sent. Rejects
   * with what the handler threw.
   */
  pump(given: StreamSource | Promise<StreamSource>): Promise<RpcError | undefined> {
    return new Promise((resolve, reject) => {
      const { signal } = this.request;
      // the handler may never settle; the stream ends without it
      signal.addEventListener('abort', () => {
        this.stop();
        resolve(undefined);
      });
      this.sendAll(given).then(resolve, reject);
    });
  }

  private async sendAll(given: StreamSource | Promise<StreamSource>): Promise<RpcError | undefined> {
    const { signal, label } = this.request;
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
          await new Promise<void>(inNextTurn);
        }
        if (this.hasFreeRoom) continue;
        this.send(false);
        await this.hasRoom();
      }
      return undefined;
    } catch (thrown) {
      this.iterator = undefined;
      throw thrown;
    } finally {
      this.send(false); // the items before an error
      this.stop();
    }
  }

  /** Converts an item for the reader's version. */
  private known(item: unknown, iterator: AnyIterator): unknown {
    try {
      return this.cut === undefined ? item : this.cut(item);
    } catch (thrown) {
      leave(iterator);
      throw thrown;
    }
  }

  /** Stops pulling, so that the handler's generator runs its `finally`. */
  private stop(): void {
    clearInterval(this.timer);
    if (this.iterator !== undefined) leave(this.iterator);
    this.iterator = undefined;
    this.wake?.();
  }

  private add(item: unknown): RpcError | undefined {
    let encoded: Encoded;
    try {
      encoded = this.codec.encodeItem(item);
    } catch (thrown) {
      return this.inItem(RpcError.from(thrown));
    }
    const size = byteLength(encoded);
    if (size + ENVELOPE > this.maxPayload) return this.inItem(tooLarge(size, this.maxPayload));
    if (this.bytes + size > this.longest) this.send(false);
    if (this.gathered.push(encoded) === 1) atEndOfTurn(() => this.send(false));
    this.bytes += size + 1;
    this.room--;
    this.unread.add(size);
    return undefined;
  }

  private inItem({ code, rawMessage, data }: RpcError): RpcError {
    return new RpcError(code, `item of ${this.request.label}: ${rawMessage}`, { executed: 'yes', data });
  }

  private send(end: boolean): void {
    if ((this.gathered.length === 0 && !end) || this.request.signal.aborted) return;
    const items = this.gathered;
    this.gathered = [];
    this.bytes = 0;
    try {
      this.publish(this.codec.encodeItems(items, end, this.request.nonce));
    } catch (thrown) {
      this.request.abort(RpcError.from(thrown)); // not connected: the reader receives no more items and ends by its own timeout
    }
  }

  private get hasFreeRoom(): boolean {
    return this.room > 0 && (this.unread.bytes < this.mostUnread || this.unread.count < ANY_SIZE);
  }

  private hasRoom(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private onSilence(): void {
    if (++this.silences < SILENCES) return;
    this.request.abort(new RpcError('cancelled', `the reader of ${this.request.label} has stopped sending credit`));
  }
}

type AnyIterator = AsyncIterator<unknown> | Iterator<unknown>;

/** Returns the interval in which the reader sends credit; `undefined` if the deadline of the stream ends it soon enough. */
function intervalOf({ envelope }: IncomingRequest): number | undefined {
  const { monitor, ttl = Number.POSITIVE_INFINITY } = envelope ?? {};
  if (monitor !== undefined) return Math.min(LONGEST_INTERVAL, Math.max(SHORTEST_INTERVAL, monitor));
  return ttl <= LONGEST_INTERVAL ? undefined : DEFAULT_INTERVAL;
}

function tooLarge(size: number, limit: number): RpcError {
  const data = { where: 'reply', size, limit } as const;
  return new RpcError('payload_too_large', `${size} bytes are over the broker's limit of ${limit}`, { data });
}

function iteratorOf(source: StreamSource, label: string): AnyIterator {
  const asynchronous = (source as Partial<AsyncIterable<unknown>> | null)?.[Symbol.asyncIterator];
  if (typeof asynchronous === 'function') return asynchronous.call(source);
  const synchronous = typeof source === 'object' ? (source as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] : undefined;
  if (typeof synchronous === 'function') return synchronous.call(source);
  throw new Error(`${label} is a stream method, but its handler returned no iterable`);
}

/** Lets a generator run its `finally`. Errors that it throws there are ignored. */
function leave(iterator: AnyIterator): void {
  try {
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  } catch {
    // a synchronous iterator threw: ignored too
  }
}
