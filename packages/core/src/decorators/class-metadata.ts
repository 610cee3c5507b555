/** The record of decorators: one for each class, stored on the class itself by reflect-metadata. */
import 'reflect-metadata';
import type { Class } from '../schema/type-token';
import type {
  ArgOptions,
  DeprecatedOptions,
  EndpointOptions,
  FieldOptions,
  MarkedVersion,
  RpcMethodOptions,
  SinceOptions,
  ValueLimits,
  ValuesSinceOptions,
} from './decorator-options';
import { recordWaiting } from './standard-decorators';

/** A `@Since` mark. */
export interface SinceMark extends SinceOptions {
  readonly version: MarkedVersion;
}

/** A mark of a change to an argument or field after it was added. */
export type HistoryMark = { readonly version: MarkedVersion } & (
  | ({ readonly decorator: '@ValuesSince'; readonly values: readonly unknown[] } & ValuesSinceOptions)
  | { readonly decorator: '@LimitsBefore'; readonly limits: ValueLimits }
  | { readonly decorator: '@RequiredBefore' }
);

/** A `@Deprecated` mark. */
export interface DeprecatedMark extends DeprecatedOptions {
  readonly version: MarkedVersion;
}

/** The decorators of one parameter. */
export interface ParameterRecord {
  deprecated?: DeprecatedMark;
  since?: SinceMark;
  /** `@ValuesSince`, `@LimitsBefore` and `@RequiredBefore`. */
  history?: readonly HistoryMark[];
  arg?: ArgOptions;
}

/** The decorators of one method. */
export interface MethodRecord {
  options?: RpcMethodOptions;
  deprecated?: DeprecatedMark;
  readonly parameters: Map<number, ParameterRecord>;
}

/** Everything that Concord's decorators wrote on a class. */
export interface ClassRecord {
  endpoint?: EndpointOptions;
  /** True if the name of the endpoint is written, and not that of the class. */
  isNamed?: boolean;
  /** True if only `args` of `@RpcMethod` can state types of arguments: the class has standard decorators, or none. */
  statesTypes?: boolean;
  readonly methods: Map<string, MethodRecord>;
  /** `@Field` of DTO fields. */
  readonly stated: Map<string, FieldOptions>;
  /** `@Since` of DTO fields. */
  readonly fields: Map<string, SinceMark>;
  /** `@ValuesSince`, `@LimitsBefore` and `@RequiredBefore` of DTO fields. */
  readonly history: Map<string, readonly HistoryMark[]>;
  /** `@Deprecated` of DTO fields. */
  readonly deprecations: Map<string, DeprecatedMark>;
  /** `@Backport` of a DTO class, by the names of its static methods. */
  readonly backports: Map<string, MarkedVersion>;
  /** Decorators that were used wrongly. Registration refuses the class with the first one. */
  readonly mistakes: string[];
}

const KEY = Symbol.for('concord:class');

/** Returns the record of a class or of the nearest class that it extends; `undefined` if it has no decorators. Only to be read. */
export function readClass(type: Class): Readonly<ClassRecord> | undefined {
  recordWaiting(type);
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
    isNamed: inherited?.isNamed,
    statesTypes: inherited?.statesTypes,
    methods,
    stated: new Map(inherited?.stated),
    fields: new Map(inherited?.fields),
    history: new Map(inherited?.history),
    deprecations: new Map(inherited?.deprecations),
    backports: new Map(inherited?.backports),
    mistakes: [...(inherited?.mistakes ?? [])],
  };
}
