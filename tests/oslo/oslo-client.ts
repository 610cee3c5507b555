/** A client of oslo.messaging, in Concord's terms: a contract with its target, and what `prepare` comes to. */
import { jsonCodec, type Request } from '@concord-rpc/core/wire';
import {
  type CallMode,
  type Class,
  type Client,
  type ClientOptions,
  createClient,
  type MemoryTransport,
  type Transport,
} from 'concord-rpc';
import type { OsloOverrides, OsloSettings, OsloTarget } from './cases/cases';
import { handMadeContract } from './hand-made-contract';

/** The contract of every case. */
export interface Cases {
  /** The method that is called; needs the version of the case. */
  m(...args: unknown[]): Promise<unknown>;
  /** A method above every cap of the cases. */
  newest(): Promise<unknown>;
}

/** A client, and whether what it casts goes to all. */
export interface Prepared {
  readonly client: Client<Cases>;
  readonly fanout: boolean;
}

const NEWEST = '1.9';
const MILLISECONDS = 1_000;

/** Stands where neither the client nor `prepare` of a case says a topic: a contract has one. */
export const TOPIC = 'cases';

/** The contract with a target: fanout is its method's only way, and its version is what the method needs. */
export function contractOfTarget(
  { exchange, topic, namespace, version, fanout }: OsloTarget,
  args: readonly string[],
): Class<Cases> {
  const since = version ?? undefined;
  const mode = fanout === true ? 'fanout' : ((fanout || undefined) as CallMode | undefined);
  const endpoint = { exchange: exchange ?? undefined, topic: topic as string, namespace, version: NEWEST, name: 'Cases' };
  return handMadeContract<Cases>(endpoint, [
    { name: 'm', since, mode, args: args.map((name) => ({ name, optional: false })) },
    { name: 'newest', since: NEWEST },
  ]);
}

/** The client that a case begins with. */
export function clientOfTarget(transport: Transport, target: OsloTarget, args: readonly string[], settings: OsloSettings = {}) {
  const client = createClient(transport, contractOfTarget(target, args), optionsOf(settings));
  return target.server == null ? client : client.$to(target.server);
}

/** `prepare`: a server is `$to`, fanout `$fanout`; the rest is given to `$with`, which says what it does not take. */
export function prepare(before: Prepared, { server, fanout, ...rest }: OsloOverrides): Prepared {
  const toAll = fanout === true;
  const unset = { ...(server === null && { server }), ...(!toAll && fanout !== undefined && { fanout }) };
  const client = before.client.$with(optionsOf({ ...rest, ...unset }));
  return { client: server == null ? client : client.$to(server), fanout: toAll || before.fanout };
}

function optionsOf({ timeout, version_cap: versionCap, call_monitor_timeout: monitor, ...rest }: OsloSettings): ClientOptions {
  return { timeout: inMilliseconds(timeout), versionCap, monitor: inMilliseconds(monitor), ...rest } as ClientOptions;
}

function inMilliseconds(seconds: number | null | undefined): number | null | undefined {
  return typeof seconds === 'number' ? seconds * MILLISECONDS : seconds;
}

/** A message as the broker saw it. */
export interface Seen {
  readonly subject: string;
  readonly request: Request;
}

/** Every request that goes through a broker from now on. */
export function watch(transport: MemoryTransport): readonly Seen[] {
  const seen: Seen[] = [];
  transport.subscribe(`${transport.root}.>`, {
    deliver: ({ subject, data }) => seen.push({ subject, request: jsonCodec.decodeRequest(data) }),
  });
  return seen;
}

/** The subject of the method for a target. */
export function subjectOfTarget({ exchange, topic, namespace, version, server, fanout }: OsloTarget): string {
  const delivery = fanout ? 'all' : server == null ? 'any' : `to.${server}`;
  const [major, minor] = (version ?? '1.0').split('.') as [string, string];
  return `rpc.${exchange ?? 'default'}.${topic ?? TOPIC}.${delivery}.${namespace ?? '_'}.${major}.m.${[...minor].join('.')}`;
}
