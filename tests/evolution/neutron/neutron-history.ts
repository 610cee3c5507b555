/** Builds the contract of each of Neutron's endpoints at each version of its history. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractDocument } from '@concord-rpc/core';
import type { ArgDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';
import { STEPS, type Step } from './neutron-steps';

interface Named {
  readonly name: string;
  readonly required?: boolean;
  readonly default?: unknown;
}

/** One entry of a version history. */
export interface HistoryEntry {
  readonly version: string;
  readonly text: string;
}

/** An endpoint in Neutron's sources. */
export interface NeutronServer {
  readonly id: string;
  readonly namespace?: string;
  readonly version: string;
  readonly topics: readonly string[];
  readonly history: readonly HistoryEntry[];
  readonly methods: readonly { readonly name: string; readonly params: readonly Named[]; readonly keywords?: readonly Named[] }[];
}

/** A client in Neutron's sources. The `version` of a call is the version that the call requests. */
export interface NeutronClient {
  readonly id: string;
  readonly talks_to: readonly string[];
  readonly history: readonly HistoryEntry[];
  readonly calls: readonly {
    readonly method: string;
    readonly kind: string;
    readonly version: string;
    readonly args: readonly string[];
  }[];
}

/** Neutron's interfaces. */
export const NEUTRON: {
  readonly servers: readonly NeutronServer[];
  readonly clients: readonly NeutronClient[];
  readonly groups: readonly { readonly topic: string; readonly endpoints: readonly string[] }[];
} = JSON.parse(readFileSync(join(__dirname, '../data/neutron-apis.json'), 'utf8'));

/** The calls of clients to an endpoint. */
export function callsTo(server: NeutronServer) {
  return NEUTRON.clients
    .filter(({ talks_to }) => talks_to.includes(server.id))
    .flatMap(({ id, calls }) => calls.map((call) => ({ client: id, ...call })));
}

/** Returns the contracts of an endpoint from its first version to its last. */
export function contractsOf(server: NeutronServer): ContractDocument[] {
  const steps = STEPS[server.id] ?? [];
  const versions = server.history.length > 0 ? server.history.map(({ version }) => version) : [server.version];
  const moments = versions.flatMap((version) => {
    const here = steps.filter((step) => step.version === version);
    return here.length > 1
      ? here.map((_, index) => ({ version, until: steps.indexOf(here[index]!) }))
      : [{ version, until: lastUpTo(steps, version) }];
  });
  return moments.map(({ version, until }) => contractAfter(server, version, steps.slice(0, until + 1), steps.slice(until + 1)));
}

function lastUpTo(steps: readonly Step[], version: string): number {
  return steps.findLastIndex((step) => minorOf(step.version) <= minorOf(version));
}

function minorOf(version: string): number {
  return Number(version.slice(version.indexOf('.') + 1));
}

function contractAfter(server: NeutronServer, version: string, past: readonly Step[], future: readonly Step[]): ContractDocument {
  const listed = (steps: readonly Step[], what: 'adds' | 'removes') => steps.flatMap((step) => step[what] ?? []);
  const final = server.methods.map(({ name }) => name);
  const names = new Set<string>();
  for (const name of [...final, ...listed([...past, ...future], 'removes')])
    if (isThere(name, final, past, future)) names.add(name);
  const methods = [...names].sort().map((name) => [name, methodAfter(server, name, past, future)]);
  const topic = server.topics[0] ?? server.id;
  const namespace = server.namespace === undefined ? {} : { namespace: server.namespace };
  const endpoint = { version, exchange: 'neutron', topic, ...namespace, methods: Object.fromEntries(methods) };
  return { contract: 1, endpoints: { [`${server.id}@1`]: endpoint } };
}

/** Returns whether a method exists before its next change; if it has none, whether it exists in the end. */
function isThere(name: string, final: readonly string[], past: readonly Step[], future: readonly Step[]): boolean {
  const last = past.findLast((step) => step.adds?.includes(name) || step.removes?.includes(name));
  if (last !== undefined) return last.adds?.includes(name) === true;
  const next = future.find((step) => step.adds?.includes(name) || step.removes?.includes(name));
  return next === undefined ? final.includes(name) : next.removes?.includes(name) === true;
}

function methodAfter(server: NeutronServer, name: string, past: readonly Step[], future: readonly Step[]): MethodDocument {
  const kinds = new Set(callsTo(server).flatMap((call) => (call.method === name ? call.kind.split('|') : [])));
  const added = past.findLast((step) => step.adds?.includes(name));
  const answers = !kinds.has('cast') || kinds.has('call');
  const answersLater = future.some((step) => step.returns?.includes(name));
  return {
    mode: answers ? 'call' : 'cast',
    ...(added && { since: added.version }),
    args: argsAfter(server, name, past, future),
    returns: answers && !answersLater ? {} : null,
  };
}

function argsAfter(server: NeutronServer, method: string, past: readonly Step[], future: readonly Step[]): ArgDocument[] {
  const known = server.methods.find(({ name }) => name === method);
  const passed = callsTo(server).flatMap((call) => (call.method === method ? call.args : []));
  const declared = [...(known?.params ?? []), ...(known?.keywords ?? [])];
  const names = [...new Set([...declared.map(({ name }) => name), ...passed.filter((name) => !name.startsWith('**'))])];
  // keyword arguments have no order of their own: late ones are taken to come last
  const lateness = (name: string) => [...past, ...future].findIndex((step) => step.args?.[method]?.includes(name));
  names.sort((a, b) => lateness(a) - lateness(b));
  const isLater = (name: string) => future.some((step) => step.args?.[method]?.includes(name));
  const oldNames = [...past, ...future].flatMap((step) => Object.values(step.renames?.[method] ?? {}));
  return names
    .filter((name) => !isLater(name) && !oldNames.includes(name))
    .map((name) => argumentAfter(method, declared.find((each) => each.name === name) ?? { name, required: false }, past, future));
}

function argumentAfter(method: string, arg: Named, past: readonly Step[], future: readonly Step[]): ArgDocument {
  const { name } = arg;
  const added = past.find((step) => step.args?.[method]?.includes(name));
  const renamedTo = future.map((step) => step.renames?.[method]?.[name]).find((old) => old !== undefined);
  const renamed = past.find((step) => step.renames?.[method]?.[name] !== undefined);
  const since = added?.version ?? renamed?.version;
  const itemsBefore = future.map((step) => step.itemsWere?.[method]?.[name]).find((type) => type !== undefined);
  const itemsNow = past.some((step) => step.itemsWere?.[method]?.[name] !== undefined);
  const type = itemsBefore ?? (itemsNow ? 'string' : undefined);
  const schema: SchemaDocument = type === undefined ? {} : { type: 'array', items: { type } };
  const isOptional = arg.required === false || 'default' in arg;
  return {
    name: renamedTo ?? name,
    schema,
    ...(since !== undefined && { since }),
    ...(renamed && { aliases: [renamed.renames![method]![name]!] }),
    ...(isOptional && { required: false }),
  };
}
