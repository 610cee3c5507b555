/** What became of an argument or field after it was added: values that came later, limits that were narrower, that it had to be there. */

import type { SinceMark } from '../decorators/class-metadata';
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import { problemOfLimits } from '../schema/limits';
import type { SchemaKeywords } from '../schema/shape';
import type { EarlierLimits, LateValue, ValueChanges } from './contract';

/** An argument or field, and what is said of its changes. */
export interface ChangedValue {
  /** `Port.status`, `Ports.list(status)`. */
  readonly label: string;
  readonly since: number;
  readonly optional: boolean;
  readonly keywords: SchemaKeywords;
  readonly marks: readonly SinceMark[];
  /** What gives it a list of values. */
  readonly listing: string;
  /** What makes it optional. */
  readonly option: string;
  minorOf(mark: SinceMark): number;
}

/**
 * The changes of an argument or field, newest first.
 *
 * @throws RpcError `invalid_contract` or `invalid_version`: the first mistake, in one sentence.
 */
export function compileChanges(value: ChangedValue): ValueChanges {
  const lateValues = value.marks.flatMap((mark) => lateValuesOf(mark, value));
  const was = value.marks.flatMap((mark) => limitsOf(mark, value));
  const required = value.marks.map((mark) => requiredBefore(mark, value));
  for (const late of lateValues) requireOlderFallback(late, lateValues, value);
  return {
    ...(lateValues.length > 0 && { lateValues: lateValues.sort((a, b) => b.since - a.since) }),
    ...(was.length > 0 && { was: was.sort((a, b) => b.before - a.before) }),
    ...(required.some((before) => before > 0) && { requiredBefore: Math.max(...required) }),
  };
}

function lateValuesOf(mark: SinceMark, changed: ChangedValue): LateValue[] {
  const { values, fallback } = mark;
  if (values === undefined) return [];
  const allowed = valuesOf(changed.keywords);
  const since = changed.minorOf(mark);
  for (const value of fallback === undefined ? values : [...values, fallback]) {
    if (allowed?.includes(value)) continue;
    const all =
      allowed === undefined
        ? `it has no list of values: add ${changed.listing}`
        : `its values are ${allowed.map(quote).join(', ')}`;
    throw mistake(changed, `has @Since of the value ${quote(value)}, and ${all}`);
  }
  return since === 0 ? [] : values.map((value) => ({ value, since, ...(fallback !== undefined && { fallback }) }));
}

function valuesOf(keywords: SchemaKeywords): readonly unknown[] | undefined {
  const { enum: own, items } = keywords as { readonly enum?: readonly unknown[]; readonly items?: SchemaKeywords };
  return own ?? (items && valuesOf(items));
}

/** What stands in for a value has to be known to whoever does not know the value. */
function requireOlderFallback({ value, since, fallback }: LateValue, all: readonly LateValue[], changed: ChangedValue): void {
  if (fallback === undefined) return;
  const other = all.find((late) => late.value === fallback);
  if (other === undefined || other.since < since) return;
  throw mistake(changed, `has ${quote(fallback)} as fallback of ${quote(value)}, which is not the older of the two`);
}

function limitsOf(mark: SinceMark, changed: ChangedValue): EarlierLimits[] {
  if (mark.was === undefined) return [];
  const { required, ...limits } = mark.was;
  if (required !== undefined && Object.keys(limits).length === 0) return [];
  const problem = problemOfLimits(limits);
  if (problem !== undefined) throw mistake(changed, `says what its limits were, and ${problem}`);
  const before = changed.minorOf(mark);
  return before === 0 ? [] : [{ before, limits }];
}

/** The minor before which it had to be there; 0 if the mark says nothing of that. */
function requiredBefore(mark: SinceMark, changed: ChangedValue): number {
  const required: unknown = mark.was?.required;
  if (required === undefined) return 0;
  if (required !== true) throw mistake(changed, `says that required was ${quote(required)}; only true is a change`);
  const before = changed.minorOf(mark);
  const version = typeof mark.version === 'string' ? mark.version : `minor ${before}`;
  if (!changed.optional) throw mistake(changed, `was required before ${version}, and still is: add ${changed.option}`);
  if (before > 0 && before <= changed.since) throw mistake(changed, `was required before ${version}, and is no older than that`);
  return before;
}

function mistake({ label }: ChangedValue, sentence: string): RpcError {
  return new RpcError('invalid_contract', `${label} ${sentence}`);
}
