/** The decorators that users write. They only record; `compile-contract` checks them at registration. */

import type { Class } from '../schema/type-ref';
import {
  type ClassRecord,
  type DeprecatedMark,
  type HistoryMark,
  type MarkedVersion,
  ownMethod,
  ownParameter,
  ownRecord,
  type SinceMark,
} from './class-metadata';
import type {
  ArgOptions,
  DeprecatedOptions,
  EndpointOptions,
  RpcMethodOptions,
  SinceOptions,
  ValueLimits,
  ValuesSinceOptions,
} from './decorator-options';
import { insteadOfSince } from './former-since-options';

/** Marks a class as the contract of an interface on a topic. */
export function Endpoint(options: EndpointOptions): (type: Class) => void {
  return (type: Class, context?: unknown): void => {
    const record = ownRecord(type);
    if (context !== undefined) record.mistakes.unshift(STANDARD_DECORATORS);
    if (Reflect.getOwnMetadata(ENDPOINT_SEEN, type) === true) record.mistakes.push('has @Endpoint twice');
    Reflect.defineMetadata(ENDPOINT_SEEN, true, type);
    record.endpoint = { name: type.name, ...options };
  };
}

/** Marks a method as part of the interface. Clients cannot call methods without this mark. */
export function RpcMethod(options: RpcMethodOptions = {}) {
  return (prototype: object, key: string | symbol, descriptor?: PropertyDescriptor): void => {
    const found = memberOf(prototype, key, '@RpcMethod');
    if (found === undefined) return;
    const value = (descriptor ?? Object.getOwnPropertyDescriptor(prototype, found.name))?.value;
    if (typeof value !== 'function') {
      found.record.mistakes.push(`has @RpcMethod on ${found.name}, which is not a method`);
      return;
    }
    const own = Object.hasOwn(prototype, found.name) && seenMethods(prototype).has(found.name);
    if (own) found.record.mistakes.push(`has @RpcMethod twice on ${found.name}`);
    seenMethods(prototype).add(found.name);
    ownMethod(found.record, found.name).options = options;
  };
}

/**
 * States the version that added an argument of a method or a field of a DTO. A call that passes the part needs that version; a call
 * without it can be served by older servers. A DTO shared by endpoints names a version for each: `@Since({ Ports: '1.3', Nets: '2.1' })`.
 */
export function Since(version: MarkedVersion, options: SinceOptions = {}) {
  return (prototype: object, key: string | symbol | undefined, index?: number | PropertyDescriptor): void => {
    const found = memberOf(prototype, key, '@Since');
    if (found === undefined) return;
    const { record, name } = found;
    const instead = insteadOfSince(version, options);
    const where = typeof index === 'number' ? `argument ${index} of ${name}` : name;
    if (instead !== undefined) record.mistakes.push(`has @Since with values, fallback or was on ${where}: write ${instead}`);
    const mark: SinceMark = { version, droppable: options.droppable };
    if (typeof index === 'number') {
      const parameter = ownParameter(ownMethod(record, name), index);
      if (parameter.since !== undefined) record.mistakes.push(`has @Since twice on ${where}`);
      parameter.since = mark;
    } else if (typeof index?.value === 'function') {
      record.mistakes.push(`has @Since on the method ${name}: write @RpcMethod({ since: '…' })`);
    } else {
      record.fields.set(name, mark);
    }
  };
}

/**
 * States the version that added values to the list of an older argument or field: `@ValuesSince('1.3', ['DOWN'], { fallback: 'UP' })`.
 * A call that passes one of the values needs that version. A caller of an older version gets the fallback in their place.
 */
export function ValuesSince(version: MarkedVersion, values: readonly unknown[], { fallback }: ValuesSinceOptions = {}) {
  return recordHistory({ decorator: '@ValuesSince', version, values, ...(fallback !== undefined && { fallback }) });
}

/**
 * States the limits that an older argument or field had before this version: `@LimitsBefore('1.3', { maximum: 1500 })`. A call with a
 * value beyond these limits needs this version.
 */
export function LimitsBefore(version: MarkedVersion, limits: ValueLimits) {
  return recordHistory({ decorator: '@LimitsBefore', version, limits });
}

/** States that an optional argument or field was required before this version. A call without it needs this version. */
export function RequiredBefore(version: MarkedVersion) {
  return recordHistory({ decorator: '@RequiredBefore', version });
}

function recordHistory(mark: HistoryMark) {
  return (prototype: object, key: string | symbol | undefined, index?: number | PropertyDescriptor): void => {
    const found = memberOf(prototype, key, mark.decorator);
    if (found === undefined) return;
    const { record, name } = found;
    if (typeof index === 'number') {
      const parameter = ownParameter(ownMethod(record, name), index);
      parameter.history = [...(parameter.history ?? []), mark];
    } else if (typeof index?.value === 'function') {
      record.mistakes.push(`has ${mark.decorator} on the method ${name}: it belongs on an argument or a field`);
    } else {
      record.history.set(name, [...(record.history.get(name) ?? []), mark]);
    }
  };
}

/**
 * Deprecates a method, an argument or a field of a DTO from a version on. The part works as before; contract files and generated
 * clients show the deprecation, and a new major can remove the part as announced.
 */
export function Deprecated(version: MarkedVersion, options: DeprecatedOptions = {}) {
  return (prototype: object, key: string | symbol | undefined, index?: number | PropertyDescriptor): void => {
    const found = memberOf(prototype, key, '@Deprecated');
    if (found === undefined) return;
    const { record, name } = found;
    const mark: DeprecatedMark = { version, ...options };
    if (typeof index === 'number') ownParameter(ownMethod(record, name), index).deprecated = mark;
    else if (typeof index?.value === 'function') ownMethod(record, name).deprecated = mark;
    else record.deprecations.set(name, mark);
  };
}

/**
 * Marks a static method of a DTO class that converts a result for callers at or below this version, when removing newer fields is
 * not enough. It gets the value that the handler returned, or that the backport of the next version returned, and returns a new
 * value, from which newer fields are then removed.
 */
export function Backport(upTo: MarkedVersion) {
  return (type: object, key: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (typeof type !== 'function' || typeof key !== 'string' || typeof descriptor?.value !== 'function') {
      const owner = typeof type === 'function' ? type : type.constructor;
      ownRecord(owner as unknown as Class).mistakes.push(`has @Backport on ${String(key)}, which is not a static method`);
      return;
    }
    ownRecord(type as unknown as Class).backports.set(key, upTo);
  };
}

/** States the facts of a parameter that reflection cannot tell: its name and type, whether it is optional, its limits. */
export function Arg(options: ArgOptions) {
  return (prototype: object, key: string | symbol | undefined, index: number): void => {
    const found = memberOf(prototype, key, '@Arg');
    if (found === undefined) return;
    const parameter = ownParameter(ownMethod(found.record, found.name), index);
    parameter.arg = { ...parameter.arg, ...options };
  };
}

/** Standard decorators get a context as their second argument; legacy class decorators get one argument. */
const STANDARD_DECORATORS =
  'was compiled with standard decorators, which know no parameters and record no types: set experimentalDecorators in the tsconfig.json that the compiler reads, or legacyDecorator for swc';
const ENDPOINT_SEEN = Symbol.for('concord:endpoint-seen');
const METHODS_SEEN = Symbol.for('concord:methods-seen');

/** Returns the methods that were decorated on this class itself: an override can be decorated again, the same method cannot. */
function seenMethods(prototype: object): Set<string> {
  const seen: Set<string> = Reflect.getOwnMetadata(METHODS_SEEN, prototype) ?? new Set();
  Reflect.defineMetadata(METHODS_SEEN, seen, prototype);
  return seen;
}

/** Returns the record to write to; `undefined`, after recording a mistake, if the decorator does not belong on this member. */
function memberOf(
  prototype: object,
  key: string | symbol | undefined,
  decorator: string,
): { record: ClassRecord; name: string } | undefined {
  if (typeof prototype === 'function') {
    const where = key === undefined ? 'a constructor parameter' : `the static member ${String(key)}`;
    ownRecord(prototype as unknown as Class).mistakes.push(`has ${decorator} on ${where}`);
    return undefined;
  }
  const record = ownRecord(prototype.constructor as unknown as Class);
  if (typeof key === 'string') return { record, name: key };
  record.mistakes.push(`has ${decorator} on a member named by a symbol`);
  return undefined;
}
