/** The single values that a contract can name as types: one row a kind, with its check and its schema. */
import { types } from 'node:util';
import type { Check, Findings } from './check';

/** One kind of single values. */
export interface ValueKindRow {
  readonly is: (value: unknown) => boolean;
  /** One function for all values of the kind, so that a contract of a thousand methods does not fill the processor's cache with copies. */
  readonly check: Check;
  /** The message of the violation: `must be a string`. */
  readonly message: string;
  /** The schema in contract files. `x-codec` names the encoding of values that are not sent as the JSON value that `type` names. */
  readonly schema: Readonly<Record<string, string>>;
}

/** A kind of single values. */
export type ValueKind = 'string' | 'number' | 'boolean' | 'date' | 'bytes';

/** Every kind of single values. A check spells its test out: it runs for each argument of each call. */
export const VALUE_KINDS: Readonly<Record<ValueKind, ValueKindRow>> = {
  string: {
    is: (value) => typeof value === 'string',
    check: (value, path, findings) => (typeof value === 'string' ? value : mismatch('string', value, path, findings)),
    message: 'must be a string',
    schema: { type: 'string' },
  },
  number: {
    is: (value) => typeof value === 'number',
    check: (value, path, findings) => (typeof value === 'number' ? value : mismatch('number', value, path, findings)),
    message: 'must be a number',
    schema: { type: 'number' },
  },
  boolean: {
    is: (value) => typeof value === 'boolean',
    check: (value, path, findings) => (typeof value === 'boolean' ? value : mismatch('boolean', value, path, findings)),
    message: 'must be a boolean',
    schema: { type: 'boolean' },
  },
  date: {
    is: types.isDate,
    check: (value, path, findings) => (types.isDate(value) ? value : mismatch('date', value, path, findings)),
    message: 'must be a Date',
    schema: { type: 'string', format: 'date-time', 'x-codec': 'timestamp' },
  },
  bytes: {
    is: types.isUint8Array,
    check: (value, path, findings) => (types.isUint8Array(value) ? value : mismatch('bytes', value, path, findings)),
    message: 'must be bytes',
    schema: { type: 'string', format: 'binary', 'x-codec': 'bytes' },
  },
};

function mismatch(kind: ValueKind, value: unknown, path: string, { violations }: Findings): unknown {
  violations.push({ path, message: VALUE_KINDS[kind].message });
  return value;
}

/** Returns whether a value is a single value although it is an object: bytes or a `Date`, whose keys mean nothing. */
export function isSingleObject(value: unknown): boolean {
  return types.isUint8Array(value) || types.isDate(value);
}
