/** Standard (TC39) decorators of members: each waits in the metadata of its class, and records when the class is read. */
import { RpcError } from '../errors/rpc-error';
import type { Class } from '../schema/type-token';

/** The context of a standard decorator. Legacy decorators get a name or a descriptor in its place. */
export type StandardContext = Pick<DecoratorContext, 'kind' | 'name'>;

/** The context of a member. Compilers differ in the parts that they give. */
interface MemberContext extends StandardContext {
  readonly static?: boolean;
  readonly private?: boolean;
  readonly metadata?: object | undefined;
}

/** Writes to the record of a class, as the legacy decorator of the member does. */
type RecordMember = (target: object, name: string | symbol, descriptor: PropertyDescriptor | undefined) => void;

interface WaitingMember {
  readonly name: string | symbol;
  readonly isStatic: boolean;
  readonly record: RecordMember;
}

// compilers read this symbol where they make the metadata of a class; Node 24 has none yet
const METADATA: symbol = (Symbol as { metadata?: symbol }).metadata ?? Symbol.for('Symbol.metadata');
if (!('metadata' in Symbol) && Object.isExtensible(Symbol)) Object.defineProperty(Symbol, 'metadata', { value: METADATA });

const WAITING = Symbol.for('concord:standard-members');

/** Returns whether a decorator was called with a context, as standard decorators are. */
export function isStandard(value: unknown): value is StandardContext {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/**
 * Requires that a decorator of classes is not on a member. Legacy decorators get no context, and pass.
 *
 * @throws RpcError `invalid_contract` if it is on a member.
 */
export function requireClass(context: unknown, decorator: string): void {
  if (!isStandard(context) || context.kind === 'class') return;
  throw mistake(`${decorator} is on the ${context.kind} ${String(context.name)}; it marks a class`);
}

/**
 * Stores a standard decorator of a member until its class is read.
 *
 * @throws RpcError `invalid_contract` if the member is private or is no member, or the compiler makes no metadata.
 */
export function awaitClass(context: StandardContext, decorator: string, record: RecordMember): void {
  const { kind, name, metadata, static: isStatic = false, private: isPrivate = false } = context as MemberContext;
  if (kind === 'class') throw mistake(`${decorator} is on the class ${String(name)}; it marks members of a class`);
  if (isPrivate) throw mistake(`${decorator} is on the private member ${String(name)}; it marks public members`);
  if (metadata === undefined || metadata === null) {
    const compilers = 'TypeScript from 5.2 on, esbuild from 0.21.3 on, or swc with decoratorVersion 2023-11';
    throw mistake(`${decorator} got no metadata of its class: compile it with ${compilers}, or write defineContract`);
  }
  if (!Object.hasOwn(metadata, WAITING)) Object.defineProperty(metadata, WAITING, { value: [] });
  waitingIn(metadata).push({ name: name!, isStatic, record });
}

/** Records the members that wait for a class and for the classes that it extends, those of the base class first. Each records once. */
export function recordWaiting(type: Class): void {
  const base: unknown = Object.getPrototypeOf(type);
  if (typeof base === 'function') recordWaiting(base as unknown as Class);
  const metadata: unknown = Object.hasOwn(type, METADATA) ? (type as unknown as Record<symbol, unknown>)[METADATA] : undefined;
  if (typeof metadata !== 'object' || metadata === null || !Object.hasOwn(metadata, WAITING)) return;
  for (const { name, isStatic, record } of waitingIn(metadata).splice(0)) {
    const target = isStatic ? type : (type.prototype as object);
    record(target, name, Object.getOwnPropertyDescriptor(target, name));
  }
}

function waitingIn(metadata: object): WaitingMember[] {
  return (metadata as { readonly [WAITING]: WaitingMember[] })[WAITING];
}

function mistake(sentence: string): RpcError {
  return new RpcError('invalid_contract', sentence);
}
