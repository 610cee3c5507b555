/** The context of a call: keys and values that the caller sends with the arguments, and that nested calls pass on. */
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';

/** Keys and JSON values. Concord knows `requestId`, `caller` and `tenant`; other keys are the application's. */
export type ContextValues = Readonly<Record<string, unknown>>;

/** The empty context. */
export const NO_VALUES: ContextValues = Object.freeze({});

/** Keys that Concord knows: strings of 1 to `LONGEST_NAME` characters. */
const NAMED = ['requestId', 'caller', 'tenant'];
const LONGEST_NAME = 256;
/** The longest context that a caller sets, in characters of JSON: it is sent with every call. */
const LONGEST = 8_192;
/** The longest context of a request, in characters of JSON: the caller's own with everything that it passes on. */
export const LONGEST_CONTEXT = 32_768;

/**
 * Checks a context that a caller sets, and returns a frozen copy.
 *
 * @throws RpcError `invalid_argument`
 */
export function requireContext(values: unknown): ContextValues {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new RpcError('invalid_argument', `context must be an object of keys and values; got ${quote(values)}`);
  }
  const misnamed = NAMED.find((key) => !isName((values as ContextValues)[key]));
  if (misnamed !== undefined) {
    const got = quote((values as ContextValues)[misnamed]);
    throw new RpcError('invalid_argument', `context.${misnamed} must be a string of 1 to ${LONGEST_NAME} characters; got ${got}`);
  }
  const length = lengthOf(values);
  if (length <= LONGEST) return Object.freeze({ ...values });
  throw new RpcError('invalid_argument', `context has ${length} characters as JSON; at most ${LONGEST} are sent with a call`);
}

/** Returns whether a value that arrived is a context. */
export function isContext(values: unknown): values is ContextValues {
  return (
    typeof values === 'object' &&
    values !== null &&
    !Array.isArray(values) &&
    isName((values as ContextValues).requestId) &&
    isName((values as ContextValues).caller) &&
    isName((values as ContextValues).tenant) &&
    leftAfter(values, LONGEST_CONTEXT) >= 0
  );
}

/**
 * Returns the context of a call that adds keys to the context that it passes on.
 *
 * @throws RpcError `invalid_argument` if servers would refuse it for its length.
 */
export function joinContexts(passedOn: ContextValues, own: ContextValues | undefined): ContextValues {
  if (own === undefined) return passedOn;
  const all = { ...passedOn, ...own };
  if (leftAfter(all, LONGEST_CONTEXT) >= 0) return all;
  throw new RpcError(
    'invalid_argument',
    `context has more than ${LONGEST_CONTEXT} characters as JSON with the keys that it passes on: add fewer keys to the calls that a handler makes`,
  );
}

/** Returns whether a value can be `requestId`, `caller` or `tenant` of a context. */
export function isContextName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_NAME;
}

function isName(value: unknown): boolean {
  return value === undefined || isContextName(value);
}

/** Returns what is left of a number of characters after a value is written as JSON, at the most; stops soon below 0. Reads every value of a codec. */
function leftAfter(value: unknown, left: number): number {
  if (typeof value === 'string') return left - value.length - 2;
  if (typeof value !== 'object' || value === null) return left - 1;
  if (ArrayBuffer.isView(value)) return left - value.byteLength;
  let rest = left - (Array.isArray(value) ? 1 : 2);
  for (const key in value) {
    if (rest < 0) break;
    rest = leftAfter((value as ContextValues)[key], Array.isArray(value) ? rest - 1 : rest - key.length - 3);
  }
  return rest;
}

function lengthOf(values: object): number {
  try {
    return JSON.stringify(values).length;
  } catch {
    throw new RpcError('invalid_argument', 'context has a value that JSON cannot carry');
  }
}
