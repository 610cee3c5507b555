/** Contract classes made from recorded contracts, for clients and servers of versions whose code no longer exists. */
import { type ArgDefinition, type Class, type ContractDocument, defineContract, type MethodDefinition } from '@concord-rpc/core';
import type { ArgDocument, CodecName, MethodDocument, Validator } from '@concord-rpc/core/engine';
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
  const { version, topic, exchange, namespace, unknownArgs } = endpoint;
  const codec = endpoint.codec as CodecName | undefined;
  const methods = Object.entries(endpoint.methods).map(([name, method]) => [name, definitionOf(method, { types, key })]);
  const name = key.slice(0, key.lastIndexOf('@'));
  const type = defineContract({
    name,
    version,
    topic,
    exchange,
    namespace,
    codec,
    unknownArgs,
    methods: Object.fromEntries(methods),
  });
  return { type: type as RecordedContract['type'], validator: types.validator };
}

/** The endpoint whose methods are defined. */
interface Recording {
  readonly types: RecordedTypes;
  /** `Name@major`. */
  readonly key: string;
}

function definitionOf(method: MethodDocument, recording: Recording): MethodDefinition {
  const { since, mode: declared, returns, args = [], idempotent, timeoutMs: timeout, aliases = [], aliasSince = {} } = method;
  const returned = returns && recording.types.tokenOf(returns);
  const mode = declared === 'any' ? undefined : declared;
  return {
    since,
    mode,
    idempotent,
    timeout,
    aliases: aliases.map((former) => ({ name: former, since: aliasSince[former] })),
    ...(mode !== 'cast' && mode !== 'fanout' && returned !== undefined && { returns: returned }),
    args: args.map((arg) => argumentOf(arg, recording)),
  };
}

function argumentOf(arg: ArgDocument, { types, key }: Recording): ArgDefinition {
  const { name, schema, since, droppable, was } = arg;
  const type = types.tokenOf(schema);
  const optional = isOptional(arg);
  const marks = changeMarks(schema, key, optional, was).filter(
    ({ decorator }) => decorator !== 'ValuesSince' || type !== undefined,
  );
  return {
    name,
    optional,
    ...(since !== undefined && { since, droppable }),
    decorators: marks.map(decoratorOf),
    ...(type === undefined ? { unchecked: true } : { type, ...limitsOf(schema) }),
  };
}
