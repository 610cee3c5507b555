/** Calls that a server shows to observers: the terms of a watch, the subject, and the messages. docs/PROTOCOL.md, "Watched calls". */
import type { Executed } from '../errors/error-codes';
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { CallVerdict, RequestFacts } from '../observe/facts';
import { decodeServerName, encodeServerName } from '../subjects/server-token';
import type { Address } from '../subjects/subjects';
import { isServerName } from '../values/target';
import { jsonCodec, toBytes } from './json-codec';

/** The most that an observer gets, whatever it asks for. */
export const MOST_WATCHED = {
  /** Milliseconds until a watch ends that is not renewed. */
  lease: 15_000,
  /** Calls a second. */
  rate: 1_000,
  /** Characters of the arguments of a call. */
  args: 2_048,
} as const;

/** Most names in the filter of a watch. */
const MOST_NAMES = 16;
/** Characters of an id. */
const LONGEST_ID = 32;
/** Most calls in one message that is read. */
const MOST_CALLS = 4_096;
/** Longest text that is read, other than arguments. */
const LONGEST_TEXT = 512;

/** The wishes of an observer: the argument of `watch`. */
export interface WatchTerms {
  /** The last token of the subject of the messages. An id that is known renews its watch. */
  readonly id: string;
  /** Milliseconds until the watch ends, unless it is renewed; 0 ends it now. */
  readonly lease: number;
  /** Most calls a second that are shown. The others are counted. */
  readonly rate: number;
  /** Most characters of the arguments of a call; 0 for none. */
  readonly args: number;
  /** Interfaces (`Ports@1`) and methods (`Ports@1.list`) whose calls are shown; absent for all. */
  readonly only?: readonly string[];
}

/** The grant of a server: the response to `watch`. */
export interface WatchGrant {
  readonly server: string;
  readonly boot: string;
  readonly lease: number;
  readonly rate: number;
  /** 0 if the server shows no arguments. */
  readonly args: number;
}

/** The begin of a call. */
export interface SeenBegin {
  /** `Ports@1.list`; for a method that the server does not serve, `namespace.method` as the subject names it. */
  readonly method: string;
  readonly mode: RequestFacts['mode'];
  /** The version that it needs; absent if its subject is not that of a method. */
  readonly needs?: string;
  /** The caller's name as the caller states it, cut after 64 characters. */
  readonly caller?: string;
  /** Milliseconds since 1970 by the clock of the server. */
  readonly at: number;
  /** Bytes of the request; absent if it arrived in a batch. */
  readonly bytes?: number;
  /** The arguments as JSON, cut. */
  readonly args?: string;
}

/** The end of a call. */
export interface SeenEnd {
  /** `ok`, or the code of the error. */
  readonly verdict: CallVerdict;
  readonly executed: Executed;
  /** Milliseconds from the arrival to the end. */
  readonly ms: number;
  /** Milliseconds until the handler started; absent if it did not. */
  readonly queued?: number;
  /** Bytes of the answers; absent if there is none of its own. */
  readonly bytes?: number;
}

/** A call in one message: its begin, its end, or both. */
export interface SeenCall {
  /** Unlike those of other calls in the watch. */
  readonly id: number;
  readonly begin?: SeenBegin;
  readonly end?: SeenEnd;
}

/** One message to an observer. */
export interface SeenCalls {
  /** 0 for the first message of a watch, which is sent when it begins. */
  readonly number: number;
  readonly calls: readonly SeenCall[];
  /** Calls that were left out since the last message, because there were too many. */
  readonly leftOut: number;
}

const encoder = jsonCodec.requestEncoder('1.0', ['seen']);

/** `rpc.<exchange>.<topic>.seen.<server>.<id>`: the calls of one server, for one observer. */
export function seenSubject({ root, exchange, topic }: Address, server: string, id: string): string {
  return `${root}.${exchange}.${topic}.seen.${encodeServerName(server)}.${id}`;
}

/** `rpc.<exchange>.<topic>.seen.*.<id>`: the calls of every server of a topic, for one observer. */
export function everySeen({ root, exchange, topic }: Address, id: string): string {
  return `${root}.${exchange}.${topic}.seen.*.${id}`;
}

const SEEN_SUBJECT = /\.seen\.([\w-]+)\.[\w-]+$/;

/** Returns the server that a subject of seen calls names: a broker ties this subject to a user. */
export function serverOfSeen(subject: string): string | undefined {
  const [, token] = SEEN_SUBJECT.exec(subject) ?? [];
  return token === undefined ? undefined : decodeServerName(token);
}

/** Encodes a message: a cast with one argument. */
export function encodeSeen(seen: SeenCalls): Uint8Array {
  return toBytes(encoder.cast(encoder.args([seen])));
}

/** Reads a message; returns `undefined` if it cannot be read. */
export function readSeen(data: Uint8Array): SeenCalls | undefined {
  try {
    const { args, refusal } = jsonCodec.decodeRequest(data);
    const [seen] = refusal === undefined && Array.isArray(args) ? args : [];
    return isSeenCalls(seen) ? seen : undefined;
  } catch {
    return undefined;
  }
}

const ID = new RegExp(`^[A-Za-z0-9_-]{1,${LONGEST_ID}}$`);
const NAME = /^[A-Za-z0-9_-]{1,64}@\d{1,10}(?:\.[A-Za-z0-9_-]{1,64})?$/;

/**
 * Reads what an observer asks for, lowered to what it can get.
 *
 * @throws RpcError `invalid_argument` that names the part and its value
 */
export function readWatchTerms(given: unknown): WatchTerms {
  if (!isRecord(given)) throw invalid('its argument', 'an object with id, lease and rate', given);
  const { id, only } = given;
  if (typeof id !== 'string' || !ID.test(id)) throw invalid('id', `1 to ${LONGEST_ID} letters, digits, "_" or "-"`, id);
  const terms = { id, lease: requireCount(given, 'lease'), rate: requireCount(given, 'rate'), args: requireCount(given, 'args') };
  if (only === undefined) return terms;
  if (Array.isArray(only) && only.length <= MOST_NAMES && only.every((name) => typeof name === 'string' && NAME.test(name)))
    return { ...terms, only };
  throw invalid('only', `at most ${MOST_NAMES} names such as Ports@1 or Ports@1.list`, only);
}

function requireCount(given: Readonly<Record<string, unknown>>, part: keyof typeof MOST_WATCHED): number {
  const value = given[part] ?? 0;
  if (isCount(value)) return Math.min(MOST_WATCHED[part], value);
  throw invalid(part, 'a whole number, 0 or more', value);
}

function invalid(part: string, wanted: string, got: unknown): RpcError {
  return new RpcError('invalid_argument', `watch: ${part} must be ${wanted}; got ${quote(got)}`);
}

/** Returns whether a value is a response to `watch`. */
export function isWatchGrant(value: unknown): value is WatchGrant {
  if (!isRecord(value)) return false;
  const { server, boot, lease, rate, args } = value;
  return isServerName(server) && isText(boot) && isCount(lease) && isCount(rate) && isCount(args);
}

function isSeenCalls(value: unknown): value is SeenCalls {
  if (!isRecord(value)) return false;
  const { number, calls, leftOut } = value;
  return isCount(number) && isCount(leftOut) && Array.isArray(calls) && calls.length <= MOST_CALLS && calls.every(isSeenCall);
}

function isSeenCall(value: unknown): value is SeenCall {
  if (!isRecord(value)) return false;
  const { id, begin, end } = value;
  return isCount(id) && isAbsentOr(begin, isBegin) && isAbsentOr(end, isEnd) && (begin !== undefined || end !== undefined);
}

const MODES: ReadonlySet<unknown> = new Set<RequestFacts['mode']>(['call', 'cast', 'fanout', 'stream']);
const EXECUTED: ReadonlySet<unknown> = new Set<Executed>(['no', 'maybe', 'yes']);

function isBegin(value: unknown): value is SeenBegin {
  if (!isRecord(value)) return false;
  const { method, mode, needs, caller, at, bytes, args } = value;
  const isArgs = (text: unknown) => typeof text === 'string' && text.length <= MOST_WATCHED.args + 1;
  return (
    isText(method) &&
    MODES.has(mode) &&
    isAbsentOr(needs, isText) &&
    isAbsentOr(caller, isText) &&
    isAmount(at) &&
    isAbsentOr(bytes, isCount) &&
    isAbsentOr(args, isArgs)
  );
}

function isEnd(value: unknown): value is SeenEnd {
  if (!isRecord(value)) return false;
  const { verdict, executed, ms, queued, bytes } = value;
  return isText(verdict) && EXECUTED.has(executed) && isAmount(ms) && isAbsentOr(queued, isAmount) && isAbsentOr(bytes, isCount);
}

function isAbsentOr(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_TEXT;
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
