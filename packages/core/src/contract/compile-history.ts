/** Compiles the history of an argument or field after it was added: its late values, earlier limits and the end of being required. */
import type { HistoryMark } from '../decorators/class-metadata';
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import { problemOfLimits } from '../schema/limits';
import type { SchemaKeywords } from '../schema/shape';
import { listedType, type TypeRef, type UnknownType } from '../schema/type-ref';
import type { EarlierLimits, LateValue, ValueHistory } from './contract';
import type { ContractScope } from './contract-scope';

/** An argument or field that has a history. */
export interface AgedValue {
  readonly scope: ContractScope;
  /** Its place in the scope, for mistakes in versions. */
  readonly where: string;
  /** `Port.status`, `Ports.list(status)`. */
  readonly label: string;
  readonly since: number;
  readonly optional: boolean;
  readonly keywords: SchemaKeywords;
  readonly type: TypeRef | UnknownType;
  /** The decorator that gives it a list of values. */
  readonly listing: string;
  /** The decorator that makes it optional. */
  readonly option: string;
}

type MarkOf<Decorator extends HistoryMark['decorator']> = Extract<HistoryMark, { readonly decorator: Decorator }>;

/**
 * Compiles the marks of an argument or field, newest first.
 *
 * @throws RpcError `invalid_contract` or `invalid_version`: the first mistake, in one sentence.
 */
export function compileHistory(marks: readonly HistoryMark[], value: AgedValue): ValueHistory {
  const lateValues = marks.flatMap((mark) => (mark.decorator === '@ValuesSince' ? lateValuesOf(mark, value) : []));
  const was = marks.flatMap((mark) => (mark.decorator === '@LimitsBefore' ? limitsOf(mark, value) : []));
  const required = marks.map((mark) => (mark.decorator === '@RequiredBefore' ? requiredBefore(mark, value) : 0));
  for (const late of lateValues) requireOlderFallback(late, lateValues, value);
  return {
    ...(lateValues.length > 0 && { lateValues: lateValues.sort((a, b) => b.since - a.since) }),
    ...(was.length > 0 && { was: was.sort((a, b) => b.before - a.before) }),
    ...(required.some((before) => before > 0) && { requiredBefore: Math.max(...required) }),
  };
}

function lateValuesOf({ version, values, fallback }: MarkOf<'@ValuesSince'>, aged: AgedValue): LateValue[] {
  const allowed = valuesIn(aged.type) ?? valuesOf(aged.keywords);
  if (allowed === undefined) throw mistake(aged, `has @ValuesSince, but no list of values: add ${aged.listing}`);
  const since = aged.scope.minorOf(version, aged.where);
  const unknown = [...values, ...(fallback === undefined ? [] : [fallback])].find((value) => !allowed.includes(value));
  if (unknown !== undefined) {
    const all = allowed.map(quote).join(', ');
    throw mistake(aged, `has @ValuesSince with ${quote(unknown)}, which is not one of its values: ${all}`);
  }
  return since === 0 ? [] : values.map((value) => ({ value, since, ...(fallback !== undefined && { fallback }) }));
}

/** Returns the values of an enum, or the names of a union's members: a member can be late, as a listed value can. */
function valuesIn(type: TypeRef | UnknownType): readonly unknown[] | undefined {
  const listed = type.kind === 'unknown' ? type : listedType(type);
  if (listed.kind === 'enum') return listed.values;
  if (listed.kind === 'schema') return listed.document.enum as readonly unknown[] | undefined;
  return listed.kind === 'tagged' ? listed.members.map(({ name }) => name) : undefined;
}

function valuesOf(keywords: SchemaKeywords): readonly unknown[] | undefined {
  const { enum: own, items } = keywords as { readonly enum?: readonly unknown[]; readonly items?: SchemaKeywords };
  return own ?? (items && valuesOf(items));
}

/** Requires that callers who do not know a value know its fallback. */
function requireOlderFallback({ value, since, fallback }: LateValue, all: readonly LateValue[], aged: AgedValue): void {
  if (fallback === undefined) return;
  const other = all.find((late) => late.value === fallback);
  if (other === undefined || other.since < since) return;
  throw mistake(aged, `has the fallback ${quote(fallback)} for ${quote(value)}: a fallback must be older than the value`);
}

function limitsOf({ version, limits }: MarkOf<'@LimitsBefore'>, aged: AgedValue): EarlierLimits[] {
  const problem = problemOfLimits(limits);
  if (problem !== undefined) throw mistake(aged, `has @LimitsBefore, but ${problem}`);
  const before = aged.scope.minorOf(version, aged.where);
  return before === 0 ? [] : [{ before, limits: limits as SchemaKeywords }];
}

/** The minor before which the value was required. */
function requiredBefore({ version }: MarkOf<'@RequiredBefore'>, aged: AgedValue): number {
  const { optional, option, since, scope } = aged;
  const before = scope.minorOf(version, aged.where);
  const mark = `@RequiredBefore('${scope.format(before)}')`;
  if (!optional) throw mistake(aged, `has ${mark} and is still required: add ${option}`);
  if (before > 0 && before <= since) {
    throw mistake(aged, `has ${mark} and was added in ${scope.format(since)}: it was never required`);
  }
  return before;
}

function mistake({ label }: AgedValue, sentence: string): RpcError {
  return new RpcError('invalid_contract', `${label} ${sentence}`);
}
