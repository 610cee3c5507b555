/** Contract classes made from recorded contracts, for clients and servers of versions whose code no longer exists. */
import { Arg, type Class, type ContractDocument, Endpoint, RpcMethod, remote, Since } from '@concord-rpc/core';
import type { CodecName, MethodDocument, Validator } from '@concord-rpc/core/engine';
import { changeMarks, limitsOf } from '../document/change-marks';
import { isOptional } from '../document/optional-argument';
import { decoratorOf } from './change-decorators';
import { RecordedTypes } from './recorded-types';

/** A contract class, with the validator that reads its types. */
export interface RecordedContract {
  readonly type: Class<Record<string, (...args: unknown[]) => unknown>>;
  readonly validator: Validator;
}

/**
 * Makes the class of an endpoint in a document. Declared errors arrive as `RpcError`s, because their classes are not recorded.
 *
 * @throws Error if the document has no such endpoint.
 */
export function recordedContract(document: ContractDocument, key: string): RecordedContract {
  const endpoint = document.endpoints[key];
  if (endpoint === undefined)
    throw new Error(`the document has no endpoint ${key}; it has ${Object.keys(document.endpoints).join(', ')}`);
  const types = RecordedTypes.of(document, key);
  const type: RecordedContract['type'] = class {
    readonly [method: string]: (...args: unknown[]) => unknown;
  };
  for (const [name, method] of Object.entries(endpoint.methods)) addMethod(type.prototype, name, method, { types, key });
  const { version, topic, exchange, namespace, unknownArgs } = endpoint;
  const codec = endpoint.codec as CodecName | undefined;
  Endpoint({ version, topic, exchange, namespace, codec, unknownArgs, name: key.slice(0, key.lastIndexOf('@')) })(type);
  return { type, validator: types.validator };
}

/** The endpoint that methods are added for. */
interface Recording {
  readonly types: RecordedTypes;
  /** `Name@major`. */
  readonly key: string;
}

function addMethod(prototype: object, name: string, method: MethodDocument, { types, key }: Recording): void {
  const { since, mode: declared, returns, args = [], idempotent, timeoutMs: timeout, aliases = [], aliasSince = {} } = method;
  Object.defineProperty(prototype, name, { value: () => remote(), configurable: true, writable: true });
  for (const [index, arg] of args.entries()) {
    const { name: argName, schema, since: argSince, droppable, was } = arg;
    const type = types.tokenOf(schema);
    const optional = isOptional(arg);
    const limits = type === undefined ? undefined : limitsOf(schema);
    Arg({ name: argName, optional, ...(type === undefined ? { unchecked: true } : { type, ...limits }) })(prototype, name, index);
    if (argSince !== undefined) Since(argSince, { droppable })(prototype, name, index);
    for (const mark of changeMarks(schema, key, optional, was)) {
      if (mark.decorator !== 'ValuesSince' || type !== undefined) decoratorOf(mark)(prototype, name, index);
    }
  }
  const returned = returns && types.tokenOf(returns);
  const mode = declared === 'any' ? undefined : declared;
  const result = mode === 'cast' || mode === 'fanout' || returned === undefined ? {} : { returns: returned };
  const formerNames = aliases.map((former) => ({ name: former, since: aliasSince[former] }));
  RpcMethod({ since, mode, idempotent, timeout, aliases: formerNames, ...result })(
    prototype,
    name,
    Object.getOwnPropertyDescriptor(prototype, name),
  );
}
