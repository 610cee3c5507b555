/** Judges the calls of a method between one client and one server. */

import type { ContractDocument } from '@concord-rpc/core';
import { type ArgDocument, compareVersions, type MethodDocument, type Version } from '@concord-rpc/core/engine';
import { diff } from '../check/diff';
import { isOptional } from '../document/optional-argument';
import { effectiveSince, firstSince, readVersion } from '../document/versions';
import type { Finding } from '../findings/finding';

/**
 * The outcome of a call. `degrade`: served without droppable arguments. `reject`: refused before it has any effect. `break`:
 * accepted with a wrong result, or refused for its values. `no-endpoint`: no server is subscribed. `not-called`: the client does
 * not have the method.
 */
export type Outcome = 'ok' | 'degrade' | 'reject' | 'break' | 'no-endpoint' | 'not-called';

/** An outcome, the version that the call needs, and the rules that a `break` violates. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly needs: string | undefined;
  readonly rules: readonly string[];
}

/** The arguments that a client passes: only required ones, all, or the named ones. */
export type Passing = 'least' | 'most' | readonly string[];

/** One client, one server, one method. */
export interface Pairing {
  readonly client: ContractDocument;
  readonly server: ContractDocument;
  /** `Name@major`. */
  readonly key: string;
  readonly method: string;
  /** A version that the calls are known to need. */
  readonly needs?: string;
}

/** Judges pairs. It caches comparisons, so the documents must not change while it is in use. */
export type PairJudge = (pairing: Pairing, passing: Passing) => Verdict;

/** Creates a judge of pairs of clients and servers. */
export function createPairJudge(): PairJudge {
  const compared = new Map<ContractDocument, Map<ContractDocument, readonly Finding[]>>();
  const wireErrors: WireErrors = ({ client, server }) => {
    const known = compared.get(client) ?? new Map<ContractDocument, readonly Finding[]>();
    compared.set(client, known);
    const errors =
      known.get(server) ?? diff(client, server, { profile: 'wire' }).findings.filter(({ severity }) => severity === 'error');
    known.set(server, errors);
    return errors;
  };
  return (pairing, passing) => judgePair(pairing, passing, wireErrors);
}

/** Returns the errors on the wire between the client's contract and the server's. */
type WireErrors = (pairing: Pairing) => readonly Finding[];

function judgePair(pairing: Pairing, passing: Passing, wireErrors: WireErrors): Verdict {
  const { client, server, key, method } = pairing;
  const now = methodOf(client, key, method);
  if (now === undefined) return { outcome: 'not-called', needs: undefined, rules: [] };
  const served = readVersion(server.endpoints[key]?.version);
  const { name, called } = asKnownTo(served, key, method, now);
  const known = readVersion(pairing.needs);
  const byArguments = neededBy(called, key, passing);
  const isDeeper = isAbove(known, byArguments);
  const needed = isDeeper ? known : byArguments;
  const needs = needed && `${needed.major}.${needed.minor}`;
  if (!Object.hasOwn(server.endpoints, key)) return { outcome: 'no-endpoint', needs, rules: [] };
  if (isAbove(needed, served) || (name !== method && methodOf(server, key, name) === undefined)) {
    // values inside arguments may or may not be droppable; servers do not count that
    const outcome = isDeeper ? 'reject' : refusal({ ...pairing, method: name }, called, passing, served);
    return { outcome, needs, rules: [] };
  }
  const rules = isAbove(readVersion(client.endpoints[key]!.version), served)
    ? []
    : breaksOf(pairing, passing, wireErrors(pairing));
  return { outcome: rules.length > 0 ? 'break' : 'ok', needs, rules };
}

/** Returns the method under the name that the client uses for servers of a version: the newest name that is old enough. */
function asKnownTo(
  served: Version | undefined,
  key: string,
  name: string,
  method: MethodDocument,
): { readonly name: string; readonly called: MethodDocument } {
  const { since, aliases = [], aliasSince = {} } = method;
  const isKnown = (each: string | undefined) => !isAbove(effectiveSince(each, key), served);
  const former = isKnown(since) ? undefined : aliases.find((alias) => isKnown(aliasSince[alias]));
  return former === undefined
    ? { name, called: method }
    : { name: former, called: { ...method, since: aliasSince[former], aliases: [] } };
}

/** Returns the version that a call needs if it passes these arguments and leaves out the others. */
export function neededBy(method: MethodDocument, key: string, passing: Passing): Version | undefined {
  const passed = passedArguments(method, passing).map(({ since }) => effectiveSince(since, key));
  return [effectiveSince(method.since, key), ...passed, ...leftOut(method, passing)].reduce((a, b) => (isAbove(b, a) ? b : a));
}

/** Returns the versions before which the arguments that are left out were required. */
function leftOut(method: MethodDocument, passing: Passing): (Version | undefined)[] {
  const passed = passedArguments(method, passing);
  const others = (method.args ?? []).filter((arg) => isOptional(arg) && !passed.includes(arg));
  return others.flatMap(({ was = [] }) =>
    was.flatMap(({ before, required }) => (required === true ? [readVersion(before)] : [])),
  );
}

function passedArguments({ args = [] }: MethodDocument, passing: Passing) {
  if (passing === 'least') return [];
  return passing === 'most' ? args : args.filter(({ name }) => passing.includes(name));
}

/** Returns `degrade` if every argument that is too new for the server is droppable, otherwise `reject`. */
function refusal(
  { server, key, method }: Pairing,
  called: MethodDocument,
  passing: Passing,
  served: Version | undefined,
): Outcome {
  const there = methodOf(server, key, method);
  if (there === undefined || [called, there].some((each) => isAbove(firstSince(each, key), served))) return 'reject';
  if (leftOut(called, passing).some((before) => isAbove(before, served))) return 'reject';
  const late = passedArguments(called, passing).filter(({ since }) => isAbove(effectiveSince(since, key), served));
  return late.every(({ droppable }) => droppable === true) ? 'degrade' : 'reject';
}

const REQUIRED_NOW: ReadonlySet<string> = new Set(['ARG_MADE_REQUIRED', 'ARG_ADDED_REQUIRED']);

/** Returns the rules that calls of the method break on the wire: on the method, on a type that it reaches, or on the endpoint. */
function breaksOf(pairing: Pairing, passing: Passing, errors: readonly Finding[]): readonly string[] {
  const { key, method, server } = pairing;
  const names = [method, ...aliasing(server, key, method)].map((name) => `${key}/${name}`);
  const concerns = ({ path, via }: Finding): boolean =>
    path === key ||
    names.some((name) => path === name || path.startsWith(`${name}/`) || path.startsWith(`${name}~`) || via.includes(name));
  const counts = (finding: Finding): boolean => {
    const argument = /\/args\/([^/.[{=|~]+)/.exec(finding.path)?.[1];
    if (typeof passing === 'string' || argument === undefined || REQUIRED_NOW.has(finding.rule)) return true;
    return passing.includes(argument) || passing.some((name) => namesBefore(pairing, finding, argument).includes(name));
  };
  const findings = errors.filter((finding) => concerns(finding) && counts(finding));
  return [...new Set(findings.map(({ rule }) => rule))].sort();
}

/** Returns the other names of an argument of the server: its aliases, and its name before it was renamed. */
function namesBefore({ server, key, method }: Pairing, { rule, before }: Finding, argument: string): readonly string[] {
  if (rule === 'ARG_RENAMED') return [(before as ArgDocument).name];
  return methodOf(server, key, method)?.args?.find(({ name }) => name === argument)?.aliases ?? [];
}

/** Returns the methods of the server that have a name as an alias. */
function aliasing(server: ContractDocument, key: string, name: string): string[] {
  return Object.entries(server.endpoints[key]!.methods).flatMap(([own, { aliases = [] }]) =>
    aliases.includes(name) ? [own] : [],
  );
}

/** Returns the method that answers to a name. */
export function methodOf(snapshot: ContractDocument, key: string, name: string): MethodDocument | undefined {
  const methods = snapshot.endpoints[key]?.methods ?? {};
  if (Object.hasOwn(methods, name)) return methods[name];
  return Object.values(methods).find(({ aliases = [] }) => aliases.includes(name));
}

function isAbove(a: Version | undefined, b: Version | undefined): boolean {
  return a !== undefined && b !== undefined && compareVersions(a, b) > 0;
}
