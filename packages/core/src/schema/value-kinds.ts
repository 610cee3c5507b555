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
  /**
   * The schema in contract files. `x-codec` names the encoding of values that are not sent as the JSON value that `type` names, `x-ts` the
   * type in programs of values that are sent as text.
   */
  readonly schema: Readonly<Record<string, string>>;
  /** Set for values that are sent as text. Neither function throws: what is no such value, or no such text, stays as it is. */
  readonly text?: { readonly write: (value: unknown) => unknown; readonly read: (value: unknown) => unknown };
}

/** A kind of single values. */
export type ValueKind = 'string' | 'number' | 'boolean' | 'date' | 'dateText' | 'int64' | 'bytes';

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
  dateText: {
    is: types.isDate,
    check: (value, path, findings) => readOr('dateText', value, path, findings),
    message: 'must be a date as text, such as 2026-01-31T12:00:00.000Z',
    schema: { type: 'string', format: 'date-time', 'x-ts': 'Date' },
    text: {
      write: (value) => (types.isDate(value) && !Number.isNaN(value.getTime()) ? value.toISOString() : value),
      read: (value) => (typeof value === 'string' ? dateOf(value) : value),
    },
  },
  int64: {
    is: isInt64,
    check: (value, path, findings) => readOr('int64', value, path, findings),
    message: 'must be an integer of 64 bits as text, such as "42"',
    schema: { type: 'string', format: 'int64', 'x-ts': 'bigint' },
    text: {
      write: (value) => (isInt64(value) ? String(value) : value),
      read: (value) => (typeof value === 'string' ? bigintOf(value) : value),
    },
  },
  bytes: {
    is: types.isUint8Array,
    check: (value, path, findings) => (types.isUint8Array(value) ? value : mismatch('bytes', value, path, findings)),
    message: 'must be bytes',
    schema: { type: 'string', format: 'binary', 'x-codec': 'bytes' },
  },
};

/** Reads a value that is sent as text. */
function readOr(kind: ValueKind, value: unknown, path: string, findings: Findings): unknown {
  const { is, text } = VALUE_KINDS[kind];
  const read = text!.read(value);
  return is(read) ? read : mismatch(kind, value, path, findings);
}

/** RFC 3339, and the years that only `toISOString()` writes. */
const DATE = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

function dateOf(text: string): unknown {
  const date = DATE.test(text) ? new Date(text) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? text : date;
}

const INT64 = /^-?(?:0|[1-9]\d{0,18})$/;

function bigintOf(text: string): unknown {
  const value = INT64.test(text) ? BigInt(text) : undefined;
  return isInt64(value) ? value : text;
}

function isInt64(value: unknown): value is bigint {
  return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
}

function mismatch(kind: ValueKind, value: unknown, path: string, { violations }: Findings): unknown {
  violations.push({ path, message: VALUE_KINDS[kind].message });
  return value;
}

/** Returns whether a value is a single value although it is an object: bytes or a `Date`, whose keys mean nothing. */
export function isSingleObject(value: unknown): boolean {
  return types.isUint8Array(value) || types.isDate(value);
}

/** Returns whether a value is an object with fields. Codecs make plain objects, so other objects take the slower test. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.getPrototypeOf(value) === Object.prototype || !isSingleObject(value);
}
