/** Where decorators write: one record a class, kept by reflect-metadata on the class itself. */
import 'reflect-metadata';
import type { Class } from '../schema/type-ref';
import type { ArgOptions, DeprecatedOptions, EndpointOptions, RpcMethodOptions, SinceOptions } from './decorator-options';

/** A `@Since` mark: the version, or one for each endpoint (by name) that shares the DTO. */
export interface SinceMark extends SinceOptions {
  readonly version: string | Readonly<Record<string, string>>;
}

/** A `@Backport` mark: up to which version, or for each endpoint (by name). */
export type BackportMark = SinceMark['version'];

/** A `@Deprecated` mark: the version, or one for each endpoint (by name) that shares the DTO. */
export interface DeprecatedMark extends DeprecatedOptions {
  readonly version: SinceMark['version'];
}

/** What was written on one parameter. */
export interface ParameterRecord {
  deprecated?: DeprecatedMark;
  since?: SinceMark;
  /** `@Since` of its values, its limits, and whether it had to be there. */
  changes?: readonly SinceMark[];
  arg?: ArgOptions;
}

/** What was written on one method. */
export interface MethodRecord {
  options?: RpcMethodOptions;
  deprecated?: DeprecatedMark;
  readonly parameters: Map<number, ParameterRecord>;
}

/** Everything that Concord's decorators wrote on a class. */
export interface ClassRecord {
  endpoint?: EndpointOptions;
  readonly methods: Map<string, MethodRecord>;
  /** `@Since` of DTO fields. */
  readonly fields: Map<string, SinceMark>;
  /** `@Since` of values and limits of DTO fields, and of whether they had to be there. */
  readonly changes: Map<string, readonly SinceMark[]>;
  /** `@Deprecated` of DTO fields. */
  readonly deprecations: Map<string, DeprecatedMark>;
  /** `@Backport` of a DTO class: the names of its static methods. */
  readonly backports: Map<string, BackportMark>;
  /** Decorators that stood where they mean nothing; said when the class is registered. */
  readonly mistakes: string[];
}

const KEY = Symbol.for('concord:class');

/** What decorators wrote on a class or on those that it extends; `undefined` if nothing. Not to be written to. */
export function readClass(type: Class): Readonly<ClassRecord> | undefined {
  return Reflect.getMetadata(KEY, type);
}

/** The class's own record, to write to: made on first use as a copy of what it inherits. */
export function ownRecord(type: Class): ClassRecord {
  const own: ClassRecord | undefined = Reflect.getOwnMetadata(KEY, type);
  if (own !== undefined) return own;
  const record = copyOf(readClass(type));
  Reflect.defineMetadata(KEY, record, type);
  return record;
}

/** The record of one method of a class, made on first use. */
export function ownMethod(record: ClassRecord, name: string): MethodRecord {
  let method = record.methods.get(name);
  if (method === undefined) record.methods.set(name, (method = { parameters: new Map() }));
  return method;
}

/** The record of one parameter of a method, made on first use. */
export function ownParameter(method: MethodRecord, index: number): ParameterRecord {
  let parameter = method.parameters.get(index);
  if (parameter === undefined) method.parameters.set(index, (parameter = {}));
  return parameter;
}

function copyOf(inherited: Readonly<ClassRecord> | undefined): ClassRecord {
  const methods = new Map<string, MethodRecord>();
  for (const [name, method] of inherited?.methods ?? []) {
    const parameters = new Map([...method.parameters].map(([index, parameter]) => [index, { ...parameter }] as const));
    methods.set(name, { options: method.options, deprecated: method.deprecated, parameters });
  }
  return {
    endpoint: inherited?.endpoint,
    methods,
    fields: new Map(inherited?.fields),
    changes: new Map(inherited?.changes),
    deprecations: new Map(inherited?.deprecations),
    backports: new Map(inherited?.backports),
    mistakes: [...(inherited?.mistakes ?? [])],
  };
}
