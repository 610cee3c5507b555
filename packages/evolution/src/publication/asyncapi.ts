/** Writes the endpoints of a contract as an AsyncAPI 3 document: channels are NATS subjects, operations are methods. */
import type { ContractDocument } from '@concord-rpc/core';
import { type EndpointDocument, type MethodDocument, parseVersion } from '@concord-rpc/core/engine';
import { subjects } from '@concord-rpc/core/wire';
import { firstSince, parseEndpointKey, readVersion } from '../document/versions';
import { componentName, type JsonPart, type SchemaWriter, schemaWriter } from './asyncapi-schema';

/** The version of AsyncAPI. */
const VERSION = '3.1.0';
/** The version of the bindings for NATS. */
const BINDING = '0.1.0';
/** The first token of subjects, unless the transports of a fleet set another one. */
const ROOT = 'rpc';

/** One method of an endpoint, and the name of its parts in the document. */
interface Operation {
  readonly id: string;
  readonly key: string;
  readonly endpoint: EndpointDocument;
  readonly name: string;
  readonly method: MethodDocument;
  readonly schemas: SchemaWriter;
}

/** A contract, and the beginning of the names of its types. */
interface PrefixedContract {
  readonly document: ContractDocument;
  readonly prefix: string;
}

/**
 * Returns the document, from the side of the servers: they receive calls and send replies. Contracts of several servers can have different types
 * of one name, so the names of their types begin with the name of an endpoint.
 *
 * @throws RpcError `invalid_target` if a topic cannot be part of a subject.
 */
export function asyncApiDocument(...documents: readonly ContractDocument[]): JsonPart {
  const contracts = documents.map((document) => ({
    document,
    prefix: documents.length === 1 ? '' : `${idOf(Object.keys(document.endpoints)[0] ?? '')}.`,
  }));
  const operations = contracts.flatMap(operationsIn);
  const schemas = Object.assign({}, ...contracts.map(typesIn));
  return {
    asyncapi: VERSION,
    info: infoOf(Object.assign({}, ...documents.map(({ endpoints }) => endpoints))),
    defaultContentType: 'application/json',
    channels: Object.assign({}, ...operations.map(channelsOf)),
    operations: Object.assign({}, ...operations.map(operationOf)),
    ...(Object.keys(schemas).length > 0 && { components: { schemas } }),
  };
}

function idOf(name: string): string {
  return name.replace(/[^\w-]/g, '_');
}

function typesIn({ document: { types = {} }, prefix }: PrefixedContract): JsonPart {
  const { schemaOf } = schemaWriter(prefix);
  return Object.fromEntries(Object.entries(types).map(([name, schema]) => [`${prefix}${componentName(name)}`, schemaOf(schema)]));
}

function infoOf(endpoints: ContractDocument['endpoints']): JsonPart {
  const [[key, only] = ['', undefined], ...others] = Object.entries(endpoints);
  const isAlone = only !== undefined && others.length === 0;
  const names = Object.entries(endpoints).map(([each, { version }]) => `${parseEndpointKey(each).name} ${version}`);
  return {
    title: isAlone ? key : names.join(', '),
    version: isAlone ? only.version : '1.0',
    description: [
      ...(isAlone && only.description !== undefined ? [only.description] : []),
      'Calls are NATS messages of Concord RPC. The end of a subject is the minor version that the call needs, one digit a token. `any` in it stands for any server of the topic; `to` and the name of a server take its place for one server, and `all` for every server.',
    ].join('\n\n'),
  };
}

function operationsIn({ document: { endpoints }, prefix }: PrefixedContract): readonly Operation[] {
  const schemas = schemaWriter(prefix);
  return Object.entries(endpoints).flatMap(([key, endpoint]) =>
    Object.entries(endpoint.methods).map(([name, method]) => ({
      ...{ key, endpoint, name, method, schemas },
      id: idOf(`${key}-${name}`),
    })),
  );
}

function channelsOf(operation: Operation): JsonPart {
  const { id, endpoint, method, name, schemas } = operation;
  const contentType = `application/${endpoint.codec ?? 'json'}`;
  const message = (content: string, payload: JsonPart) => ({ name: `${name} ${content}`, contentType, payload });
  return {
    [id]: {
      address: addressOf(operation),
      ...(method.description !== undefined && { description: method.description }),
      parameters: { minor: minorsOf(operation) },
      messages: { request: message('request', schemas.request(method)) },
    },
    ...(hasReply(method) && {
      [`${id}-reply`]: {
        address: null,
        messages: { reply: message('reply', schemas.reply(method)) },
      },
    }),
  };
}

/** The subject of a method, with the minor as a parameter. */
function addressOf({ key, endpoint, name, method }: Operation): string {
  const { exchange = 'default', topic, namespace = null } = endpoint;
  const address = { root: ROOT, exchange, topic };
  const prefix = method.mode === 'fanout' ? subjects.allPrefix(address) : subjects.anyPrefix(address);
  const subject = subjects.methodSubject(prefix, { namespace, major: parseEndpointKey(key).major, method: name, minor: 0 });
  return `${subject.slice(0, -1)}{minor}`;
}

/** The minors that calls of a method can need, as subjects write them. */
function minorsOf({ key, endpoint, method }: Operation): JsonPart {
  const first = firstSince({ ...method, aliases: [] }, key)?.minor ?? 0;
  const { minor: last } = readVersion(endpoint.version) ?? parseVersion('0.0');
  const minors = Array.from({ length: Math.max(1, last - first + 1) }, (_, index) => [...String(first + index)].join('.'));
  return {
    description: 'The minor version that the call needs: the largest of the method, its arguments and their fields.',
    enum: minors,
    default: minors[0],
  };
}

function operationOf(operation: Operation): JsonPart {
  const { id, endpoint, method } = operation;
  const queue = method.mode === 'fanout' ? undefined : endpoint.topic;
  const { description, deprecated, since, mode, idempotent } = method;
  const channel = `#/channels/${id}`;
  return {
    [id]: {
      action: 'receive',
      channel: { $ref: channel },
      ...(description !== undefined && { summary: description }),
      messages: [{ $ref: `${channel}/messages/request` }],
      ...(queue !== undefined && { bindings: { nats: { queue, bindingVersion: BINDING } } }),
      ...(hasReply(method) && {
        reply: {
          address: {
            description: 'The reply subject of the NATS message.',
            location: '$message.header#/reply-to',
          },
          channel: { $ref: `${channel}-reply` },
          messages: [{ $ref: `${channel}-reply/messages/reply` }],
        },
      }),
      'x-mode': mode,
      ...(since !== undefined && { 'x-since': since }),
      ...(idempotent === true && { 'x-idempotent': true }),
      ...(deprecated !== undefined && { 'x-deprecated': deprecated }),
    },
  };
}

function hasReply({ mode }: MethodDocument): boolean {
  return mode !== 'cast' && mode !== 'fanout';
}
