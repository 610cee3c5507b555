/** What a caller says of itself and its request, beside the arguments: free keys, passed on by nested calls. */
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';

/** Keys and JSON values. `requestId`, `caller` and `tenant` have the usual meaning; others are the application's. */
export type ContextValues = Readonly<Record<string, unknown>>;

/** Nothing said. */
export const NO_VALUES: ContextValues = Object.freeze({});

/** Keys with a meaning of their own; they are texts of at most this many characters. */
const NAMED = ['requestId', 'caller', 'tenant'];
const LONGEST_NAME = 256;
/** Longest context, as JSON text: it travels with every call. */
const LONGEST = 8_192;

/**
 * Checks what a caller sets as context.
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
    throw new RpcError('invalid_argument', `context.${misnamed} must be a text of 1 to ${LONGEST_NAME} characters; got ${got}`);
  }
  const length = lengthOf(values);
  if (length <= LONGEST) return Object.freeze({ ...values });
  throw new RpcError('invalid_argument', `context has ${length} characters as JSON; at most ${LONGEST} travel with a call`);
}

/** The same for what arrives: `undefined` if it is not a context. */
export function isContext(values: unknown): values is ContextValues {
  return (
    typeof values === 'object' &&
    values !== null &&
    !Array.isArray(values) &&
    NAMED.every((key) => isName((values as ContextValues)[key]))
  );
}

function isName(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value.length > 0 && value.length <= LONGEST_NAME);
}

function lengthOf(values: object): number {
  try {
    return JSON.stringify(values).length;
  } catch {
    throw new RpcError('invalid_argument', 'context holds what JSON cannot carry');
  }
}
