/** What became of a field after it was added: values that came later, limits that were narrower. */
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { SinceMark } from './class-metadata';
import type { EarlierLimits, FieldContract, LateValue } from './contract';
import { problemOfLimits } from './limits';
import type { FieldShape } from './shape';

/** A field and what is said of its changes. */
export interface ChangedField {
  /** `Port.status`. */
  readonly label: string;
  readonly keywords: FieldShape['keywords'];
  readonly marks: readonly SinceMark[];
  minorOf(mark: SinceMark): number;
}

/**
 * The changes of a field, newest first.
 *
 * @throws RpcError `invalid_contract` or `invalid_version`: the first mistake, in one sentence.
 */
export function compileChanges(field: ChangedField): Pick<FieldContract, 'lateValues' | 'was'> {
  const lateValues = field.marks.flatMap((mark) => lateValuesOf(mark, field));
  const was = field.marks.flatMap((mark) => limitsOf(mark, field));
  for (const late of lateValues) requireOlderFallback(late, lateValues, field);
  return {
    ...(lateValues.length > 0 && { lateValues: lateValues.sort((a, b) => b.since - a.since) }),
    ...(was.length > 0 && { was: was.sort((a, b) => b.before - a.before) }),
  };
}

function lateValuesOf(mark: SinceMark, field: ChangedField): LateValue[] {
  const { values, fallback } = mark;
  if (values === undefined) return [];
  const allowed = valuesOf(field.keywords);
  const since = field.minorOf(mark);
  for (const value of fallback === undefined ? values : [...values, fallback]) {
    if (allowed?.includes(value)) continue;
    const all =
      allowed === undefined
        ? 'it has no list of values: add @IsEnum or @IsIn'
        : `its values are ${allowed.map(quote).join(', ')}`;
    throw mistake(field, `has @Since of the value ${quote(value)}, and ${all}`);
  }
  return since === 0 ? [] : values.map((value) => ({ value, since, ...(fallback !== undefined && { fallback }) }));
}

function valuesOf(keywords: FieldShape['keywords']): readonly unknown[] | undefined {
  const { enum: own, items } = keywords as { readonly enum?: readonly unknown[]; readonly items?: FieldShape['keywords'] };
  return own ?? (items && valuesOf(items));
}

/** What stands in for a value has to be known to whoever does not know the value. */
function requireOlderFallback({ value, since, fallback }: LateValue, all: readonly LateValue[], field: ChangedField): void {
  if (fallback === undefined) return;
  const other = all.find((late) => late.value === fallback);
  if (other === undefined || other.since < since) return;
  throw mistake(field, `has ${quote(fallback)} as fallback of ${quote(value)}, which is not the older of the two`);
}

function limitsOf(mark: SinceMark, field: ChangedField): EarlierLimits[] {
  if (mark.was === undefined) return [];
  const problem = problemOfLimits(mark.was);
  if (problem !== undefined) throw mistake(field, `says what its limits were, and ${problem}`);
  const before = field.minorOf(mark);
  return before === 0 ? [] : [{ before, limits: mark.was }];
}

function mistake({ label }: ChangedField, sentence: string): RpcError {
  return new RpcError('invalid_contract', `${label} ${sentence}`);
}
