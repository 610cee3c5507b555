/** The decorators that users write. They only record; `compile-contract` judges when a class is registered. */

import { type ClassRecord, ownMethod, ownParameter, ownRecord, type SinceMark } from './class-metadata';
import { type Class, type TypeToken } from './type-ref';

/** How a method may be called: `call` waits for an answer, `cast` does not (to one server or to all), `fanout` reaches every server. */
export type CallMode = 'call' | 'cast' | 'fanout';

/** What `@Endpoint` says of an interface. */
export interface EndpointOptions {
  /** Where servers of this interface listen. */
  readonly topic: string;
  /** Version that this class describes, `major.minor`. Default `1.0`, as in oslo.messaging. */
  readonly version?: string;
  /** Scope of the topic. Default `default`. */
  readonly exchange?: string;
  /** Tells interfaces on one topic apart. Default: the null namespace. */
  readonly namespace?: string | null;
  /** Further namespaces that servers answer to, for renames during an upgrade (oslo's `legacy_namespaces`); `null` is the null namespace. */
  readonly legacyNamespaces?: readonly (string | null)[];
  /** Name in snapshots and errors. Default: the class's name. */
  readonly name?: string;
  /** Prose for documentation. */
  readonly description?: string;
}

/** What `@RpcMethod` says of a method. */
export interface RpcMethodOptions {
  /** The version that added the method. Default: `major.0`. */
  readonly since?: string;
  /** The only way to call it. Default: any. `cast` allows fanout too. */
  readonly mode?: CallMode;
  /** What it resolves to; reflection cannot see into `Promise<T>`. `null` for nothing. Unchecked if not given. */
  readonly returns?: TypeToken | null;
  /** Running it twice is as good as once, so that it may be sent again. Default false. */
  readonly idempotent?: boolean;
  /** Time limit of a call in milliseconds, unless the client says otherwise. */
  readonly timeout?: number;
  /** Take every argument whose type is not known as it comes. */
  readonly unchecked?: boolean;
  /** Prose for documentation. */
  readonly description?: string;
}

/** What `@Arg` says of a parameter that reflection does not. */
export interface ArgOptions {
  /** Name on the wire and in snapshots. Default: the parameter's name in the source. */
  readonly name?: string;
  /** Type, where reflection loses it: `[PortFilter]`, `String`, … */
  readonly type?: TypeToken;
  /** Whether callers may leave it out. Default: true for a late argument (`@Since`) or one with a default value, else false. */
  readonly optional?: boolean;
  /** Take what comes, unvalidated. */
  readonly unchecked?: boolean;
}

/** What `@Since` says beyond the version. */
export interface SinceOptions {
  /** May be left out when nobody serves this version. */
  readonly droppable?: boolean;
}

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
    if (typeof index !== 'number') {
      if (typeof index?.value === 'function') {
        found.record.mistakes.push(`@Since on the method ${found.name}: write @RpcMethod({ since: '…' })`);
      } else {
        found.record.fields.set(found.name, mark);
      }
      return;
    }
    const parameter = ownParameter(ownMethod(found.record, found.name), index);
    if (parameter.since !== undefined)
      found.record.mistakes.push(`@Since is written twice on argument ${index} of ${found.name}`);
    parameter.since = mark;
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
