/** Compiles the errors that a method declares or expects, and refuses those that could not arrive as their own class. */
import { type ClassRecord, readClass } from '../decorators/class-metadata';
import { isUnstable, statedName, UNSTABLE } from '../decorators/class-names';
import type { DeclaredError, RpcMethodOptions } from '../decorators/decorator-options';
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { ShapeReader } from '../schema/shape';
import type { Class } from '../schema/type-token';
import type { DtoCompiler } from './compile-dtos';
import type { ErrorContract } from './contract';
import type { ContractScope } from './contract-scope';
import { dataClassOf } from './error-data';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Names of properties that every error or every `RpcError` has. (`id` is free: only `internal` errors have one.) */
const TAKEN = new Set(['message', 'name', 'stack', 'cause', 'code', 'executed', 'retryable', 'data', 'rawMessage', 'toWire']);

/** A method that declares errors. */
export interface DeclaringMethod {
  readonly scope: ContractScope;
  /** Its place in the scope: `.getPorts`. */
  readonly where: string;
  /** The minor that added it. */
  readonly since: number;
  readonly dtos: DtoCompiler;
  readonly shapes: ShapeReader;
}

/**
 * Compiles the errors that a method declares.
 *
 * @throws RpcError `invalid_contract` or `invalid_version`: the first mistake, in one sentence.
 */
export function compileErrors(options: RpcMethodOptions, method: DeclaringMethod): ErrorContract[] {
  const errors: ErrorContract[] = [];
  const { mode } = options;
  if ((mode === 'cast' || mode === 'fanout') && (options.errors?.length ?? 0) > 0) {
    throw mistake(method, '', `has mode ${quote(mode)}, which has no response, and declares errors`);
  }
  for (const declared of options.errors ?? []) {
    if (declared === undefined) {
      const why = 'which is undefined where the decorator runs, because its module is imported in a circle';
      throw mistake(method, '', `declares an error, ${why}: move the error class to a module that does not import this contract`);
    }
    const error = compileError(isDetailed(declared) ? declared : { type: declared }, method);
    if (errors.some(({ name }) => name === error.name)) {
      throw mistake(method, '', `declares two errors called ${error.name}: give one another name, as { type, name }`);
    }
    const same = errors.find(({ type }) => type === error.type);
    if (same !== undefined) throw mistake(method, '', `declares ${error.type.name} twice, as ${same.name} and as ${error.name}`);
    errors.push(error);
  }
  return errors;
}

/**
 * Checks the error classes that a method expects.
 *
 * @throws RpcError `invalid_contract` if one does not extend `Error`.
 */
export function compileExpected({ expected = [] }: RpcMethodOptions, method: DeclaringMethod): readonly Class<Error>[] {
  const wrong = expected.find((type: unknown) => type !== Error && !extendsError(type));
  if (wrong === undefined) return expected;
  throw mistake(method, '', `expects ${shown(wrong)}, which is not a class that extends Error`);
}

function compileError(declared: DeclaredError, method: DeclaringMethod): ErrorContract {
  const { type, since: version, retryable } = declared;
  if (!extendsError(type)) {
    throw mistake(method, '', `declares the error ${shown(type)}, which is not a class that extends Error`);
  }
  if (isThrownByOthers(type)) {
    throw mistake(
      method,
      '',
      `declares ${type.name}, which other code throws too, with texts that are not for callers: declare a class of your own that extends it`,
    );
  }
  const stated: unknown = declared.name ?? statedName(type);
  if (stated === undefined && isUnstable(type.name)) {
    const line = `{ type: ${type.name || '…'}, name: 'PortNotFound' }`;
    throw mistake(method, '', `declares the error class ${quote(type.name)}, which has ${UNSTABLE}: write its name, as ${line}`);
  }
  const name = stated ?? type.name;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw mistake(
      method,
      '',
      `declares an error called ${quote(name)}; an error name has 1 to 64 letters, digits or "_", and does not begin with a digit: give it a name, as { type, name }`,
    );
  }
  const where = ` (error ${name})`;
  const since = version === undefined ? method.since : method.scope.minorIn(version, `${method.where}${where}`);
  if (since < method.since) {
    throw mistake(
      method,
      where,
      `has since ${version}, before its method, which was added in ${method.scope.format(method.since)}`,
    );
  }
  return {
    name,
    type,
    since,
    retryable: retryable === true,
    data: compileData(type, name, since, method),
  };
}

/** Adds the fields of an error class to the DTOs of the contract; returns the class that holds them. */
function compileData(type: Class, name: string, since: number, method: DeclaringMethod): Class | undefined {
  const { dtos, shapes } = method;
  const where = `error ${name} of ${method.scope.name}${method.where}`;
  const dataClass = dataClassOf(type, statedName(type) ?? (isUnstable(type.name) ? name : undefined));
  const fields = [...(shapes.shapeOf(dataClass) ?? []).map((field) => field.name), ...marksOf(readClass(type))];
  if (fields.length === 0) return undefined;
  const taken = fields.find((field) => TAKEN.has(field) || field in (type.prototype as object));
  if (taken !== undefined) {
    throw new RpcError(
      'invalid_contract',
      `${type.name}.${taken} (${where}) cannot be a field of the error's data: every error has its own ${quote(taken)}, or the class has an accessor or method of that name; rename the field`,
    );
  }
  dtos.add({ kind: 'class', type: dataClass }, where, 'error', since);
  return dataClass;
}

function marksOf(record: Readonly<ClassRecord> | undefined): string[] {
  return [...(record?.fields.keys() ?? [])];
}

function isDetailed(declared: Class<Error> | DeclaredError): declared is DeclaredError {
  return typeof declared === 'object' && declared !== null;
}

function extendsError(type: unknown): type is Class<Error> {
  return typeof type === 'function' && type.prototype instanceof Error;
}

/** Returns whether a class is an error of JavaScript or `RpcError`: to declare one would show callers the texts of every bug in the handler. */
function isThrownByOthers(type: Class): boolean {
  return type === RpcError || (globalThis as Readonly<Record<string, unknown>>)[type.name] === type;
}

function shown(value: unknown): string {
  return typeof value === 'function' && value.name !== '' ? value.name : quote(value);
}

function mistake({ scope, where }: DeclaringMethod, what: string, sentence: string): RpcError {
  return scope.mistake(`${where}${what}`, sentence);
}
