/** The decorators that users write. They only record; `compile-contract` judges when a class is registered. */

import type { Class } from '../schema/type-ref';
import {
  type BackportMark,
  type ClassRecord,
  type DeprecatedMark,
  ownMethod,
  ownParameter,
  ownRecord,
  type SinceMark,
} from './class-metadata';
import type { ArgOptions, DeprecatedOptions, EndpointOptions, RpcMethodOptions, SinceOptions } from './decorator-options';

/** Marks a class as the contract of an interface on a topic. */
export function Endpoint(options: EndpointOptions) {
  return (type: Class): void => {
    const record = ownRecord(type);
    if (Reflect.getOwnMetadata(ENDPOINT_SEEN, type) === true) record.mistakes.push('@Endpoint is written twice');
    Reflect.defineMetadata(ENDPOINT_SEEN, true, type);
    record.endpoint = { name: type.name, ...options };
  };
}

/** Marks a method as part of the interface. What is not marked cannot be called from outside. */
export function RpcMethod(options: RpcMethodOptions = {}) {
  return (prototype: object, key: string | symbol, descriptor?: PropertyDescriptor): void => {
    const found = memberOf(prototype, key, '@RpcMethod');
    if (found === undefined) return;
    const value = (descriptor ?? Object.getOwnPropertyDescriptor(prototype, found.name))?.value;
    if (typeof value !== 'function') {
      found.record.mistakes.push(`@RpcMethod on ${found.name}, which is not a method`);
      return;
    }
    const own = Object.hasOwn(prototype, found.name) && seenMethods(prototype).has(found.name);
    if (own) found.record.mistakes.push(`@RpcMethod is written twice on ${found.name}`);
    seenMethods(prototype).add(found.name);
    ownMethod(found.record, found.name).options = options;
  };
}

/**
 * Says which version added an argument of a method or a field of a DTO. A call that passes it needs that version; one that does
 * not may be answered by older servers. A DTO shared by endpoints names a version for each: `@Since({ Ports: '1.3', Nets: '2.1' })`.
 */
export function Since(version: SinceMark['version'], options: SinceOptions = {}) {
  return (prototype: object, key: string | symbol | undefined, index?: number | PropertyDescriptor): void => {
    const found = memberOf(prototype, key, '@Since');
    if (found === undefined) return;
    const mark: SinceMark = { version, ...options };
    const isChange = mark.values !== undefined || mark.was !== undefined;
    if (typeof index !== 'number') {
      if (typeof index?.value === 'function') {
        found.record.mistakes.push(`@Since on the method ${found.name}: write @RpcMethod({ since: '…' })`);
      } else if (isChange) {
        found.record.changes.set(found.name, [...(found.record.changes.get(found.name) ?? []), mark]);
      } else {
        found.record.fields.set(found.name, mark);
      }
      return;
    }
    const parameter = ownParameter(ownMethod(found.record, found.name), index);
    if (isChange) {
      parameter.changes = [...(parameter.changes ?? []), mark];
      return;
    }
    if (parameter.since !== undefined)
      found.record.mistakes.push(`@Since is written twice on argument ${index} of ${found.name}`);
    parameter.since = mark;
  };
}

/**
 * Says since which version a method, an argument of one or a field of a DTO is not to be used any more, and when it goes. It works as before: contract
 * files and generated clients say it, and a new major without it is what was announced.
 */
export function Deprecated(version: DeprecatedMark['version'], options: DeprecatedOptions = {}) {
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
 * Marks a static method of a DTO class that makes of a value what callers up to this version know, where leaving out what is younger is not enough.
 * It is given the value as the handler returned it, or as the backport of the next version left it, and returns another; what is too young
 * is cut from that.
 */
export function Backport(upTo: BackportMark) {
  return (type: object, key: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (typeof type !== 'function' || typeof key !== 'string' || typeof descriptor?.value !== 'function') {
      const owner = typeof type === 'function' ? type : type.constructor;
      ownRecord(owner as unknown as Class).mistakes.push(`@Backport on ${String(key)}, which is not a static method`);
      return;
    }
    ownRecord(type as unknown as Class).backports.set(key, upTo);
  };
}

/** Says of a parameter what reflection cannot tell: its name, type, whether it may be left out. */
export function Arg(options: ArgOptions) {
  return (prototype: object, key: string | symbol | undefined, index: number): void => {
    const found = memberOf(prototype, key, '@Arg');
    if (found === undefined) return;
    const parameter = ownParameter(ownMethod(found.record, found.name), index);
    parameter.arg = { ...parameter.arg, ...options };
  };
}

const ENDPOINT_SEEN = Symbol.for('concord:endpoint-seen');
const METHODS_SEEN = Symbol.for('concord:methods-seen');

/** Methods decorated on this very class: an override may be decorated again, the same method may not. */
function seenMethods(prototype: object): Set<string> {
  const seen: Set<string> = Reflect.getOwnMetadata(METHODS_SEEN, prototype) ?? new Set();
  Reflect.defineMetadata(METHODS_SEEN, seen, prototype);
  return seen;
}

/** The record to write to, or `undefined` after noting that the decorator stands where it means nothing. */
function memberOf(
  prototype: object,
  key: string | symbol | undefined,
  decorator: string,
): { record: ClassRecord; name: string } | undefined {
  if (typeof prototype === 'function') {
    const where = key === undefined ? 'a constructor parameter' : `the static member ${String(key)}`;
    ownRecord(prototype as unknown as Class).mistakes.push(`${decorator} on ${where}`);
    return undefined;
  }
  const record = ownRecord(prototype.constructor as unknown as Class);
  if (typeof key === 'string') return { record, name: key };
  record.mistakes.push(`${decorator} on a member named by a symbol`);
  return undefined;
}
