/** The single values that a contract can name as types: how each is recognized, what is said of anything else, how snapshots write it. */
import { types } from 'node:util';

/** What is known of one kind. */
export interface ValueKindRow {
  readonly is: (value: unknown) => boolean;
  /** What is said of a value that is not one. */
  readonly message: string;
  /** As a snapshot writes it. `x-codec`: how it travels, where that is not as the JSON value that `type` says. */
  readonly schema: Readonly<Record<string, string>>;
}

/** A kind of single values. */
export type ValueKind = 'string' | 'number' | 'boolean' | 'date' | 'bytes';

/** Every kind of single values. */
export const VALUE_KINDS: Readonly<Record<ValueKind, ValueKindRow>> = {
  string: { is: (value) => typeof value === 'string', message: 'must be a string', schema: { type: 'string' } },
  number: { is: (value) => typeof value === 'number', message: 'must be a number', schema: { type: 'number' } },
  boolean: { is: (value) => typeof value === 'boolean', message: 'must be a boolean', schema: { type: 'boolean' } },
  date: {
    is: types.isDate,
    message: 'must be a Date',
    schema: { type: 'string', format: 'date-time', 'x-codec': 'timestamp' },
  },
  bytes: {
    is: types.isUint8Array,
    message: 'must be bytes',
    schema: { type: 'string', format: 'binary', 'x-codec': 'bytes' },
  },
};

/** Whether a value is an object that is a single value all the same: it has no keys that mean anything. */
export function isSingleObject(value: unknown): boolean {
  return types.isUint8Array(value) || types.isDate(value);
}
