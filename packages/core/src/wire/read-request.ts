/** Reads the envelope of requests, once a codec has made values of the bytes: the same rules for every codec. */
import { isContext } from '../context/context-values';
import { quote } from '../errors/quote';
import type { RpcError } from '../errors/rpc-error';
import type { Request, RequestExtras } from '../ports/codec';
import { isSingleObject } from '../schema/value-kinds';
import { ENVELOPE_VERSION, MOST_CALLS, REQUEST } from './envelope';
import { hasPrototypeKey } from './json-values';
import { protocolError } from './protocol-error';

const LONGEST_NONCE = 64;
const MOST_FORMS = 1_000;

const isNumber = (least: number) => (value: unknown) => typeof value === 'number' && value >= least;

/** A key of a request that may be absent, and what it must be. */
interface OptionalKey {
  readonly key: string;
  readonly is: (value: unknown) => boolean;
  readonly what: string;
}

const OPTIONAL: readonly OptionalKey[] = [
  { key: REQUEST.ttl, is: isNumber(0), what: 'milliseconds, 0 or more' },
  { key: REQUEST.contract, is: (value) => typeof value === 'string', what: 'a version' },
];

/** Keys that most requests do without. */
const EXTRAS: readonly OptionalKey[] = [
  {
    key: REQUEST.context,
    is: (value) => isContext(value) && !isSingleObject(value),
    what: 'an object, with texts for requestId, caller and tenant',
  },
  { key: REQUEST.monitor, is: isNumber(1), what: 'milliseconds, 1 or more' },
  { key: REQUEST.accept, is: (value) => value === true, what: 'true' },
  { key: REQUEST.each, is: (value) => value === true, what: 'true' },
  { key: REQUEST.forms, is: isForms, what: `an array of 1 to ${MOST_FORMS} minors, falling` },
  { key: REQUEST.id, is: isShortText, what: `a text of at most ${LONGEST_NONCE} characters` },
  { key: REQUEST.known, is: (value) => value === true, what: 'true' },
  { key: REQUEST.window, is: isNumber(1), what: 'a number of items, 1 or more' },
];

const ALL_OPTIONAL = [...OPTIONAL, ...EXTRAS];

/**
 * The request, or the requests that travel together, that a decoded message is. `suspicious`: it may have a key that would reach a
 * prototype.
 *
 * @throws RpcError `protocol_error` if not even the nonce can be told; else the request says in `refusal` why it cannot be served.
 */
export function readRequests(value: Record<string, unknown> | unknown[], suspicious: boolean): Request {
  if (!Array.isArray(value) && value[REQUEST.calls] !== undefined) return readCalls(value, suspicious);
  return readRequest(value, suspicious);
}

/** Requests that travel together: what is wrong with one concerns that one only. */
function readCalls(envelope: Readonly<Record<string, unknown>>, suspicious: boolean): Request {
  const { [REQUEST.calls]: calls, [REQUEST.nonce]: nonce } = envelope;
  const all = readRequest({ ...envelope, [REQUEST.args]: [] }, false);
  if (all.refusal !== undefined) return all;
  if (!Array.isArray(calls) || calls.length === 0 || calls.length > MOST_CALLS) {
    const got = Array.isArray(calls) ? `${calls.length}` : quote(calls);
    const refusal = protocolError(`"calls" of a request must be an array of 1 to ${MOST_CALLS} requests; got ${got}`);
    return { args: [], nonce: nonce as string | undefined, refusal };
  }
  return { args: [], nonce: nonce as string | undefined, calls: calls.map((call) => readCall(call, suspicious)) };
}

function readCall(call: unknown, suspicious: boolean): Request {
  if (typeof call === 'object' && call !== null) return readRequest(call as Record<string, unknown> | unknown[], suspicious);
  return { args: [], refusal: protocolError(`one of the requests in "calls" is ${quote(call)}, not an object or array`) };
}

function readRequest(value: Record<string, unknown> | unknown[], suspicious: boolean): Request {
  const refusal =
    suspicious && hasPrototypeKey(value) ? protocolError('request has a key that would reach a prototype') : undefined;
  if (Array.isArray(value)) return { args: value, refusal };
  const { [REQUEST.args]: args, [REQUEST.ttl]: ttl, [REQUEST.nonce]: nonce, [REQUEST.contract]: contract } = value;
  if (nonce !== undefined && !isShortText(nonce)) {
    throw protocolError(`"re" of a request must be a text of at most ${LONGEST_NONCE} characters; got ${quote(nonce)}`);
  }
  const cast = value[REQUEST.cast] === true;
  const extras = hasExtras(value);
  const problem = refusal ?? findProblem(value, extras ? ALL_OPTIONAL : OPTIONAL);
  if (problem !== undefined) return { args: [], nonce, cast, refusal: problem };
  const request = {
    args: args as Request['args'],
    ttl: ttl as number | undefined,
    nonce,
    contract: contract as string | undefined,
    cast,
  };
  return extras ? { ...request, ...readExtras(value) } : request;
}

/** Whether a request says more than most do. Spelled out: it is asked of every message. */
function hasExtras(value: Readonly<Record<string, unknown>>): boolean {
  return (
    value[REQUEST.context] !== undefined ||
    value[REQUEST.accept] !== undefined ||
    value[REQUEST.monitor] !== undefined ||
    value[REQUEST.id] !== undefined ||
    value[REQUEST.each] !== undefined ||
    value[REQUEST.window] !== undefined ||
    value[REQUEST.forms] !== undefined
  );
}

function readExtras(value: Readonly<Record<string, unknown>>): RequestExtras {
  return Object.fromEntries(EXTRAS.filter(({ key }) => value[key] !== undefined).map(({ key }) => [key, value[key]]));
}

function isForms(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_FORMS) return false;
  return value.every((minor, index) => Number.isInteger(minor) && minor >= 0 && (index === 0 || minor < value[index - 1]));
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_NONCE;
}

function findProblem(envelope: Readonly<Record<string, unknown>>, optional: readonly OptionalKey[]): RpcError | undefined {
  const { [REQUEST.envelope]: version, [REQUEST.args]: args } = envelope;
  if (version !== undefined && version !== ENVELOPE_VERSION) {
    return protocolError(`request has envelope version ${quote(version)}; this server reads version ${ENVELOPE_VERSION}`);
  }
  if (typeof args !== 'object' || args === null || (!Array.isArray(args) && isSingleObject(args))) {
    return protocolError(`"args" of a request must be an array or an object; got ${quote(args)}`);
  }
  for (const { key, is, what } of optional) {
    const value = envelope[key];
    if (value !== undefined && !is(value)) return protocolError(`"${key}" of a request must be ${what}; got ${quote(value)}`);
  }
  return undefined;
}
