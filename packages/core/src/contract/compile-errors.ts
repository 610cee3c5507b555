/** Reads the errors that a method declares or expects, and refuses those that could not arrive as themselves. */

import { type ClassRecord, readClass, type SinceMark } from '../decorators/class-metadata';
import type { DeclaredError, RpcMethodOptions } from '../decorators/decorator-options';
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { ShapeReader } from '../schema/shape';
import type { Class } from '../schema/type-ref';
import type { DtoCompiler } from './compile-dtos';
import type { ErrorContract } from './contract';
import { dataClassOf } from './error-data';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** What every error, or every `RpcError`, has: a field of this name could not be told apart. (`id` is free: only `internal` errors have one.) */
const TAKEN = new Set(['message', 'name', 'stack', 'cause', 'code', 'executed', 'retryable', 'data', 'rawMessage', 'toWire']);

/** Where errors are declared, and what judges their parts. */
export interface DeclaringMethod {
  /** `DhcpPluginApi.getPorts`. */
  readonly label: string;
  /** The minor that added it. */
  readonly since: number;
  readonly dtos: DtoCompiler;
  readonly shapes: ShapeReader;
  /** The minor of a `since` mark of something named behind the label, or an error. */
  minorOf(mark: SinceMark, what: string): number;
  /** A minor as a version. */
  format(minor: number): string;
}

/**
 * The errors that a method declares.
 *
 * @throws RpcError `invalid_contract` or `invalid_version`: the first mistake, in one sentence.
 */
export function compileErrors(options: RpcMethodOptions, method: DeclaringMethod): ErrorContract[] {
  const errors: ErrorContract[] = [];
  const { mode } = options;
  if ((mode === 'cast' || mode === 'fanout') && (options.errors?.length ?? 0) > 0) {
    throw mistake(method, '', `is mode ${quote(mode)}, which has no answer, and declares errors`);
  }
  for (const declared of options.errors ?? []) {
    const error = compileError(isDetailed(declared) ? declared : { type: declared }, method);
    if (errors.some(({ name }) => name === error.name)) {
      throw mistake(method, '', `declares two errors called ${error.name}: name one, as { type, name }`);
    }
    const same = errors.find(({ type }) => type === error.type);
    if (same !== undefined) throw mistake(method, '', `declares ${error.type.name} twice, as ${same.name} and as ${error.name}`);
    errors.push(error);
  }
  return errors;
}

/**
 * The errors that a method expects.
 *
 * @throws RpcError `invalid_contract` if one is no error class.
 */
export function compileExpected({ expected = [] }: RpcMethodOptions, method: DeclaringMethod): readonly Class<Error>[] {
  const wrong = expected.find((type: unknown) => type !== Error && !extendsError(type));
  if (wrong === undefined) return expected;
  throw mistake(method, '', `expects ${shown(wrong)}, which is no class that extends Error`);
}

function compileError(
  { type, name = type?.name, since: version, retryable }: DeclaredError,
  method: DeclaringMethod,
): ErrorContract {
  if (!extendsError(type)) {
    throw mistake(method, '', `declares the error ${shown(type)}, which is no class that extends Error`);
  }
  if (isEverybodys(type)) {
    throw mistake(
      method,
      '',
      `declares ${type.name}, which is thrown by others too, with texts that are not for callers: declare a class of your own that extends it`,
    );
  }
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw mistake(
      method,
      '',
      `declares an error called ${quote(name)}; its name must be 1 to 64 letters, digits or "_", no digit first: name it as { type, name }`,
    );
  }
  const where = ` (error ${name})`;
  const since = version === undefined ? method.since : method.minorOf({ version }, where);
  if (since < method.since) {
    throw mistake(method, where, `says since ${version}, before its method, which came in ${method.format(method.since)}`);
  }
  return {
    name,
    type,
    since,
    retryable: retryable === true,
    data: compileData(type, `error ${name} of ${method.label}`, since, method),
  };
}

/** Adds the class's fields to the DTOs of the contract. */
function compileData(type: Class, where: string, since: number, { dtos, shapes }: DeclaringMethod): Class | undefined {
  const dataClass = dataClassOf(type);
  const fields = [...(shapes.shapeOf(dataClass) ?? []).map((field) => field.name), ...marksOf(readClass(type))];
  if (fields.length === 0) return undefined;
  const taken = fields.find((name) => TAKEN.has(name) || name in (type.prototype as object));
  if (taken !== undefined) {
    throw new RpcError(
      'invalid_contract',
      `${type.name}.${taken} (${where}) cannot be a field that travels: every error has a meaning of its own for ${quote(taken)}, or the class has an accessor or method there; rename it`,
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

/** Errors of the language, and our own: whoever declared one would tell callers of every mistake in the handler. */
function isEverybodys(type: Class): boolean {
  return type === RpcError || (globalThis as Readonly<Record<string, unknown>>)[type.name] === type;
}

function shown(value: unknown): string {
  return typeof value === 'function' && value.name !== '' ? value.name : quote(value);
}

function mistake({ label }: DeclaringMethod, where: string, sentence: string): RpcError {
  return new RpcError('invalid_contract', `${label}${where} ${sentence}`);
}
