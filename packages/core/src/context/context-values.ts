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
/** The longest context, in characters of JSON: it is sent with every call. */
const LONGEST = 8_192;

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
    throw new RpcError('invalid_argument', 'context has a value that JSON cannot carry');
  }
}
