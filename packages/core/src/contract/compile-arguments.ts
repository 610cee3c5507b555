/** Compiles the arguments of a method: their names, types, versions, limits and history. */
import { type MethodRecord, type ParameterRecord } from '../decorators/class-metadata';
import { type ArgOptions } from '../decorators/decorator-options';
import { type WrittenParameter, writtenParameters } from '../decorators/parameter-names';
import { type CodecName, carriedType } from '../schema/codec-names';
import { CIRCULAR } from '../schema/read-type';
import { type TypeRef, UNCHECKED } from '../schema/type-ref';
import { requireToken } from '../values/target';
import { limitsIn, problemWithLimits, statedType } from './argument-limits';
import { compileDeprecation } from './compile-deprecation';
import type { DtoCompiler } from './compile-dtos';
import { compileHistory } from './compile-history';
import type { ArgContract } from './contract';
import type { ContractScope } from './contract-scope';

/** The most common reason why the type of a parameter is unknown. */
const NO_METADATA =
  '; decorator metadata may not have been compiled in: tsc and swc have a setting for it, tsx and esbuild cannot';

/** A method whose arguments are compiled. */
export interface ArgumentsOf {
  readonly scope: ContractScope;
  readonly dtos: DtoCompiler;
  readonly codec: CodecName;
  /** The class's prototype, which has the method. */
  readonly prototype: object;
  readonly name: string;
  readonly record: MethodRecord;
  /** True if only `args` of the method can state types. */
  readonly statesTypes: boolean;
  /** The minor that added the method, under its first name. */
  readonly since: number;
}

/** Compiles the arguments of a method. Mistakes are collected in the scope. */
export function compileArguments(method: ArgumentsOf): ArgContract[] {
  const { prototype, name, record } = method;
  const written = writtenParameters((prototype as Record<string, (...args: never[]) => unknown>)[name]!);
  const reflected: unknown[] | undefined = Reflect.getMetadata('design:paramtypes', prototype, name);
  const decorated = Math.max(-1, ...record.parameters.keys()) + 1;
  const listed = record.options?.args; // can be longer than the parameters of a stub
  const count = Math.max(reflected?.length ?? Math.max(written.length, decorated), Array.isArray(listed) ? listed.length : 0);
  const args: ArgContract[] = [];
  for (let index = 0; index < count; index++) {
    const parameter = {
      index,
      record: record.parameters.get(index) ?? {},
      written: written[index],
      reflected: reflected?.[index],
    };
    const compiled = method.scope.mistakes.attempt(() => compileArgument(method, parameter, args));
    if (compiled !== undefined) args.push(compiled);
  }
  return args;
}

/** A parameter as decorators, the source text and reflection describe it. */
interface Parameter {
  readonly index: number;
  readonly record: ParameterRecord;
  readonly written: WrittenParameter | undefined;
  readonly reflected: unknown;
}

function compileArgument(method: ArgumentsOf, parameter: Parameter, earlier: readonly ArgContract[]): ArgContract {
  const { scope, dtos } = method;
  const { index, record, written } = parameter;
  const { since: mark, history = [], arg, deprecated } = record;
  const label = `argument ${index} of ${scope.name}.${method.name}`;
  const name = requireToken(arg?.name ?? written?.name ?? `arg${index}`, label);
  const where = `.${method.name}(${name})`;
  if (written?.isRest) {
    throw scope.mistake(where, 'is a rest parameter: pass an array, so that versions can add arguments after it');
  }
  if (earlier.some((other) => other.name === name)) throw scope.mistake(where, 'has the name of another argument');
  const since = mark === undefined ? method.since : scope.minorOf(mark.version, where);
  const isLate = since > method.since;
  if (isLate && arg?.optional === false) {
    const [added, first] = [scope.format(since), scope.format(method.since)];
    throw scope.mistake(
      where,
      `was added in ${added}, after its method (${first}), and is required: callers at ${first} do not send it`,
    );
  }
  const wasRequired = history.some(({ decorator }) => decorator === '@RequiredBefore');
  const type = argType(method, parameter, where);
  const acceptsNothing = type.kind === 'schema' && type.takesNothing;
  const optional = arg?.optional ?? (isLate || wasRequired || written?.hasDefault === true || acceptsNothing);
  const own = { name, since, optional, droppable: mark?.droppable === true };
  requireAfterOlder(own, earlier.at(-1), scope, where);
  dtos.add(type, `argument ${name} of ${scope.name}.${method.name}`, 'in', since);
  const keywords = limitsOf(arg, type, scope, where);
  return {
    ...own,
    type,
    ...compileDeprecation(deprecated, scope, where),
    ...(keywords !== undefined && { keywords }),
    ...compileHistory(history, {
      scope,
      where,
      label: `${scope.name}${where}`,
      since,
      optional,
      keywords: keywords ?? {},
      type,
      listing: '@Arg({ enum: […] })',
      option: '@Arg({ optional: true })',
    }),
  };
}

function limitsOf(options: ArgOptions | undefined, type: TypeRef, scope: ContractScope, where: string): ArgContract['keywords'] {
  const keywords = limitsIn(options ?? {});
  const problem = keywords && problemWithLimits(keywords, type);
  if (problem !== undefined) throw scope.mistake(where, problem);
  return keywords;
}

function requireAfterOlder(
  { since, optional }: Pick<ArgContract, 'since' | 'optional'>,
  before: ArgContract | undefined,
  scope: ContractScope,
  where: string,
): void {
  if (before === undefined) return;
  if (before.since > since) {
    const [own, other] = [scope.format(since), scope.format(before.since)];
    throw scope.mistake(
      where,
      `was added in ${own} and stands after ${before.name}, which was added in ${other}: late arguments go last`,
    );
  }
  if (before.optional && !optional) {
    const remedy = 'add @Arg({ optional: true }) if it can be left out';
    throw scope.mistake(where, `is required and stands after ${before.name}, which is optional: ${remedy}`);
  }
}

function argType(
  { record, statesTypes, codec, scope }: ArgumentsOf,
  { record: { arg }, written, reflected }: Parameter,
  where: string,
): TypeRef {
  if (arg?.unchecked === true) return UNCHECKED;
  if (arg !== undefined && 'type' in arg && holdsUndefined(arg.type))
    throw scope.mistake(where, `has no known type: ${CIRCULAR}`);
  const type = carriedType(statedType(arg ?? {}, reflected, 'input'), codec);
  if (type.kind !== 'unknown') return type;
  if (type.isSchema) throw scope.mistake(where, `has no known type: ${type.why}`);
  if (record.options?.unchecked === true) return UNCHECKED;
  const isLost = reflected === undefined && arg?.type === undefined;
  if (isLost && statesTypes) {
    const remedy = `write it in args, as args: [{ name: '${arg?.name ?? written?.name ?? 'host'}', type: String }], or accept any value with unchecked: true`;
    const flags = '"experimentalDecorators" and "emitDecoratorMetadata" in the compilerOptions of tsconfig.json';
    throw scope.mistake(where, `has no known type: ${remedy}. Decorators of parameters need ${flags}`);
  }
  const why = `${type.why}${isLost ? NO_METADATA : ''}`;
  const remedy =
    'Write @Arg({ type: String }), @Arg({ type: [Item] }) or @Arg({ type: SomeDto }), or accept any value with @Arg({ unchecked: true })';
  throw scope.mistake(where, `has no known type: ${why}. ${remedy}`);
}

/** Returns whether a type as written is undefined, or the items of its list are. */
function holdsUndefined(token: unknown): boolean {
  return token === undefined || (Array.isArray(token) && token.length === 1 && holdsUndefined(token[0]));
}
