/** The endpoints and the message of an observed case in Concord's terms: contracts, a running server, a subject. */
import { jsonCodec, type Reply, subjects } from '@concord-rpc/core/wire';
import { dispatchTable, registrationOf } from '@concord-rpc/server';
import { classValidation } from '@concord-rpc/validation';
import {
  type Class,
  contractOf,
  type EndpointOptions,
  type ErrorCode,
  isRpcError,
  MemoryTransport,
  RpcServer,
} from 'concord-rpc';
import { type DispatchCase, type OsloEndpoint, type OsloMember, type OsloMessage, UNSET } from './cases/cases';
import type { Answer } from './cases/classification';
import { type HandMadeMethod, handMadeContract } from './hand-made-contract';

/** The part of a case that a server sees. */
export type Scenario = Pick<DispatchCase, 'endpoints' | 'access_policy' | 'message'>;

/** One run of a handler. */
export interface Ran {
  readonly endpoint: number;
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** An endpoint, ready to be registered. */
export interface Served {
  readonly contract: Class<object>;
  readonly implementation: object;
}

const TARGET = { exchange: 'oslo', topic: 'cases' };
const ADDRESS = { root: subjects.DEFAULT_ROOT, ...TARGET };
const INBOX = '_INBOX.cases';

/** The exception that handlers raise in the cases. */
class ValueError extends Error {}

/** The name of the server of every case. */
export const SERVER = 'server-1';

/** The name of the endpoint at an index of a case's list. */
export function endpointName(index: number): string {
  return `Endpoint${index}`;
}

/** The endpoints of a case, in their order. Handlers note in `ran` that they ran. */
export function servedEndpoints({ endpoints, access_policy: policy }: Scenario, ran: Ran[] = []): Served[] {
  return endpoints.map(({ target, methods }, index) => {
    const exposed = methods.map(memberOf).filter((member) => isDecorated(member, policy));
    // an endpoint that exposes nothing is no contract here: one method that no case calls makes it one
    const members = exposed.length > 0 ? exposed : [{ name: 'calledByNobody' }];
    return {
      contract: handMadeContract(endpointOptions(target, index), members.map(methodOf)),
      implementation: Object.fromEntries(members.map((member) => [member.name, handlerOf(member, index, ran)])),
    };
  });
}

/** The subject of a message, as a person with a NATS tool could write it: malformed ones too. */
export function subjectOf({ method, namespace, version = '1.0' }: OsloMessage, delivery: 'any' | 'to'): string {
  const prefix = delivery === 'any' ? subjects.anyPrefix(ADDRESS) : subjects.serverPrefix(ADDRESS, SERVER);
  const [major, ...rest] = version === null ? [null] : String(version).split('.');
  const minors = rest.length === 1 && /^\d+$/.test(rest[0]!) ? [...rest[0]!] : rest.slice(0, 1).map(() => rest.join('_'));
  const tokens = [prefix, namespace ?? subjects.NULL_NAMESPACE, major, method, ...minors];
  return tokens.filter((token) => token !== null).join('.');
}

/** The subject of Concord's own ping. */
export const PING = subjects.systemSubject(subjects.serverPrefix(ADDRESS, SERVER), 'ping');

/** A server with the endpoints of a case. */
export interface Running {
  ask(subject: string): Promise<Reply>;
  readonly ran: readonly Ran[];
  /** The lines that it logged. */
  readonly log: readonly string[];
}

/**
 * A running server with the endpoints of a case, and a way to send it the arguments of the case.
 *
 * @throws RpcError what registering or starting refuses.
 */
export async function serve(scenario: Scenario): Promise<Running> {
  const ran: Ran[] = [];
  const log: string[] = [];
  const transport = new MemoryTransport();
  const logger = { warn: (line: string) => log.push(line), error: (line: string) => log.push(line) };
  const server = new RpcServer(transport, { server: SERVER, logger });
  const endpoints = servedEndpoints(scenario, ran);
  for (const { contract, implementation } of endpoints) server.register(contract, implementation);
  await server.start();
  const request = Buffer.from(JSON.stringify({ args: scenario.message.args ?? {} }));
  const table = () =>
    dispatchTable(
      transport.root,
      SERVER,
      endpoints.map(({ contract, implementation }) => registrationOf(contract, implementation, { validator: classValidation })),
    );
  const ask = (subject: string) =>
    new Promise<Reply>((resolve, reject) => {
      transport.subscribe(INBOX, {
        deliver: ({ data }) => resolve(jsonCodec.decodeReply(data)),
        // the broker does not deliver an unserved message; the server's own table gives the reason
        noResponders: () => reject(table().refusal(subject)),
      });
      transport.publish(subject, request, INBOX);
    });
  return { ask, ran, log };
}

/** Concord's answer to the message of a case, step by step. */
export async function answerTo(scenario: Scenario): Promise<Answer> {
  const { message } = scenario;
  const caller = await codeOf(() => contractOf(callerContract(message)));
  let running: Running;
  try {
    running = await serve(scenario);
  } catch (thrown) {
    return { caller, server: requireCode(thrown) };
  }
  return { caller, message: (await codeOf(() => running.ask(subjectOf(message, 'to')))) ?? 'served' };
}

/** The code with which something is refused: thrown, rejected, or replied; `undefined` if it is not. */
export async function codeOf(run: () => unknown): Promise<ErrorCode | undefined> {
  try {
    return ((await run()) as Reply | undefined)?.error?.code as ErrorCode | undefined;
  } catch (thrown) {
    return requireCode(thrown);
  }
}

function requireCode(thrown: unknown): ErrorCode {
  if (isRpcError(thrown)) return thrown.code;
  throw thrown;
}

/** The contract that a sender of the message would have: its method, added in the version that the message says. */
function callerContract({ method, namespace, version }: OsloMessage): Class {
  const since = (version ?? undefined) as string | undefined;
  return handMadeContract({ ...TARGET, name: 'Caller', version: since, namespace: namespace as string | null | undefined }, [
    { name: method, since },
  ]);
}

function endpointOptions(target: OsloEndpoint['target'], index: number): EndpointOptions {
  if (target !== undefined && typeof target !== 'object') return target as unknown as EndpointOptions;
  return {
    ...TARGET,
    name: endpointName(index),
    namespace: target?.namespace,
    version: target?.version ?? undefined,
    legacyNamespaces: target?.legacy_namespaces ?? undefined,
  };
}

function memberOf(member: string | OsloMember): OsloMember {
  return typeof member === 'string' ? { name: member } : member;
}

/** Returns whether a user would decorate the member, so that it is exposed as by the policy. `legacy` also exposes members that cannot be decorated; here it equals `default`. */
function isDecorated({ name, kind, exposed }: OsloMember, policy: Scenario['access_policy']): boolean {
  if (kind === 'attribute') return false;
  return policy === 'explicit' ? exposed === true : !name.startsWith('_');
}

function methodOf(member: OsloMember): HandMadeMethod {
  const args = parametersOf(member).map(({ name, optional }) => ({ name, optional }));
  const expected = member.expected ? [ValueError] : undefined;
  return { name: member.name, args: args.length > 0 ? args : undefined, isStatic: member.kind === 'static', expected };
}

function handlerOf(member: OsloMember, endpoint: number, ran: Ran[]): (...args: unknown[]) => unknown {
  const parameters = parametersOf(member);
  return (...given) => {
    const args = Object.fromEntries(parameters.map((parameter, index) => [parameter.name, given[index] ?? parameter.default]));
    ran.push({ endpoint, method: member.name, args });
    if (member.kind === 'raises') throw new ValueError('boom');
    return null;
  };
}

function parametersOf({ params = [] }: OsloMember): { name: string; optional: boolean; default?: unknown }[] {
  return params.map((param) => (typeof param === 'string' ? { name: param, optional: false } : { ...param, optional: true }));
}

/** The message of an endpoint case, as a case of the dispatcher. */
export function endpointScenario(endpointVersion: string | null, messageVersion: string | null): Scenario {
  return {
    endpoints: [{ target: { version: endpointVersion }, methods: ['foo'] }],
    access_policy: 'default',
    message: { method: 'foo', ...(messageVersion !== UNSET && { version: messageVersion }) },
  };
}
