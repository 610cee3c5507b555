/** Instances of the error classes that a contract declares, made from replies without calling their constructors. */

import { RpcError } from '@concord-rpc/core';
import {
  type Check,
  type Contract,
  type ErrorContract,
  type Findings,
  factsOf,
  formatViolations,
  type MethodContract,
  safeLines,
  type Validator,
  withFacts,
} from '@concord-rpc/core/engine';
import type { WireError } from '@concord-rpc/core/wire';

/** An error that a method declares, with the check of its data. */
export interface ErrorReader extends ErrorContract {
  readonly check: Check | undefined;
  readonly fields: readonly string[];
}

/** The label of a method and the errors that it declares. */
export interface MethodErrors {
  /** The method as errors name it. */
  readonly label: string;
  /** Readers of the declared errors, by name; `undefined` if the method declares none. */
  readonly errors: ReadonlyMap<string, ErrorReader> | undefined;
}

/** Readers of the errors that a method declares, by name; `undefined` if it declares none. */
export function compileErrorReaders(
  { dtos, codec }: Contract,
  { errors }: MethodContract,
  validator: Validator,
): ReadonlyMap<string, ErrorReader> | undefined {
  if (errors.length === 0) return undefined;
  const reader = (error: ErrorContract): ErrorReader => {
    if (error.data === undefined) return { ...error, check: undefined, fields: [] };
    return {
      ...error,
      check: validator.compile(error.data, codec),
      fields: dtos.get(error.data)!.fields.map(({ name }) => name),
    };
  };
  return new Map(errors.map((error) => [error.name, reader(error)]));
}

/** Makes the error that a caller gets of the error that a server replied with. Never throws. */
export function errorOf({ errors, label }: MethodErrors, wire: WireError): RpcError {
  const reader = wire.code === 'declared' ? errors?.get(wire.name!) : undefined;
  if (reader === undefined) return RpcError.fromWire(wire);
  try {
    return instanceOf(reader, label, wire);
  } catch (cause) {
    return misfit(`${label}: the error ${reader.name}`, wire, [{ path: reader.name, message: 'could not be read' }], cause);
  }
}

function instanceOf(reader: ErrorReader, label: string, wire: WireError): RpcError {
  const { name, type, check, fields } = reader;
  const findings: Findings = { violations: [], stripped: 0 };
  const checked = check?.(wire.data ?? {}, name, findings) as Readonly<Record<string, unknown>> | undefined;
  if (findings.violations.length > 0) return misfit(`${label}: the error ${name}`, wire, findings.violations);
  const data = Object.fromEntries(fields.map((field) => [field, checked![field]]));
  // a real Error with the prototype of the class; the constructor of the class does not run
  const message = safeLines(wire.message);
  const error = Reflect.construct(Error, [message], type) as Error;
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  Error.captureStackTrace(error, errorOf);
  withFacts(error, new RpcError('declared', message, { ...factsOf(wire), data: { ...data, name } }));
  for (const field of fields) {
    if (data[field] === undefined) continue;
    Object.defineProperty(error, field, { value: data[field], configurable: true, enumerable: true, writable: true });
  }
  return error as RpcError;
}

function misfit(what: string, { executed }: WireError, violations: Findings['violations'], cause?: unknown): RpcError {
  return new RpcError('invalid_result', `${what} does not fit its declaration: ${formatViolations(violations)}`, {
    executed,
    data: { violations },
    cause,
  });
}
