/** The decorators that users write. They only record; `compile-contract` checks them at registration. */

import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { Class } from '../schema/type-token';
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
import { stateName } from './class-names';
import type {
  ArgOptions,
  DeprecatedOptions,
  DtoOptions,
  EndpointOptions,
  FieldOptions,
  RpcMethodOptions,
  SinceOptions,
  ValueLimits,
  ValuesSinceOptions,
} from './decorator-options';
import { insteadOfSince } from './former-since-options';

/** Marks a class as the contract of an interface on a topic. */
export function Endpoint(options: EndpointOptions): (type: Class) => void {
  return (type: Class, context?: unknown): void => {
    requireLegacy(context, '@Endpoint');
    const record = ownRecord(type);
    if (Reflect.getOwnMetadata(ENDPOINT_SEEN, type) === true) record.mistakes.push('has @Endpoint twice');
    Reflect.defineMetadata(ENDPOINT_SEEN, true, type);
    record.endpoint = { name: type.name, ...options };
    record.isNamed = options.name !== undefined;
  };
}

/** States the name of a DTO class, or of an error class, in contract files and on the wire, whatever a minifier makes of the class's name. */
export function Dto({ name }: DtoOptions) {
  return (type: Class, context?: unknown): void => {
    requireLegacy(context, '@Dto');
    if (typeof name === 'string' && DTO_NAME.test(name)) stateName(type, name);
    else ownRecord(type).mistakes.push(`has @Dto with the name ${quote(name)}; a name has 1 to 64 letters, digits or "_"`);
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
    requireLegacy(key, '@Backport');
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

/**
 * States the type of a field of a DTO, where neither the validators of the field nor reflection tell it: `@Field({ type:
 * recordOf(Number) })`. Servers check the type; validators of class-validator on the field run too.
 */
export function Field(options: FieldOptions = {}) {
  return (prototype: object, key: string | symbol | undefined, index?: number | PropertyDescriptor): void => {
    const found = memberOf(prototype, key, '@Field');
    if (found === undefined) return;
    const { record, name } = found;
    if (typeof index === 'number' || typeof index?.value === 'function') {
      record.mistakes.push(`has @Field on ${name}, which is not a field of a DTO: write @Arg or @RpcMethod`);
    } else record.stated.set(name, { ...record.stated.get(name), ...options });
  };
}

const DTO_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const ENDPOINT_SEEN = Symbol.for('concord:endpoint-seen');
const METHODS_SEEN = Symbol.for('concord:methods-seen');

/** Returns the methods that were decorated on this class itself: an override can be decorated again, the same method cannot. */
function seenMethods(prototype: object): Set<string> {
  const seen: Set<string> = Reflect.getOwnMetadata(METHODS_SEEN, prototype) ?? new Set();
  Reflect.defineMetadata(METHODS_SEEN, seen, prototype);
  return seen;
}

/** Refuses a compiler that calls decorators in the standard way, with a context object. */
function requireLegacy(context: unknown, decorator: string): void {
  if (typeof context !== 'object' || context === null || !('kind' in context)) return;
  const flags = '"experimentalDecorators" and "emitDecoratorMetadata" in the compilerOptions of tsconfig.json';
  const swc = 'in swc, legacyDecorator and decoratorMetadata of jsc.transform';
  throw new RpcError('invalid_contract', `${decorator} was called as a standard decorator: set ${flags} to true (${swc})`);
}

/** Returns the record to write to; `undefined`, after recording a mistake, if the decorator does not belong on this member. */
function memberOf(
  prototype: object,
  key: string | symbol | undefined,
  decorator: string,
): { record: ClassRecord; name: string } | undefined {
  requireLegacy(key, decorator);
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
