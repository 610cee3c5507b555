/** What happens to a method's calls between one client and one server. */
import { type ArgDocument, type ContractDocument, compareVersions, type MethodDocument, type Version } from '@concord-rpc/core';
import { diff } from '../check/diff';
import { isOptional } from '../document/optional-argument';
import { effectiveSince, firstSince, readVersion } from '../document/versions';
import type { Finding } from '../findings/finding';

/**
 * What happens: served; served without what it can do without; refused before any effect; taken and wrong; nobody listens;
 * never called.
 */
export type Outcome = 'ok' | 'degrade' | 'reject' | 'break' | 'no-endpoint' | 'not-called';

/** An outcome, the version that the call needs, and for a break the rules that say so. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly needs: string | undefined;
  readonly rules: readonly string[];
}

/** How much a client passes: what it must, all that it can, or the arguments that it is known to pass. */
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

/** Judges pairs; remembers how contracts compare, so it is for one question over documents that stay as they are. */
export type PairJudge = (pairing: Pairing, passing: Passing) => Verdict;

/** A judge of pairs of clients and servers. */
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

/** What a comparison of the client with the server says breaks on the wire. */
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
    // what lies deeper than the arguments may or may not be droppable: nobody has counted that
    const outcome = isDeeper ? 'reject' : refusal({ ...pairing, method: name }, called, passing, served);
    return { outcome, needs, rules: [] };
  }
  const rules = isAbove(readVersion(client.endpoints[key]!.version), served)
    ? []
    : breaksOf(pairing, passing, wireErrors(pairing));
  return { outcome: rules.length > 0 ? 'break' : 'ok', needs, rules };
}

/** The method under the name by which a client calls it at servers of a version: of the names that it had, the newest that is not too new. */
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

/** The version that a call needs which passes as much, and leaves out the rest. */
export function neededBy(method: MethodDocument, key: string, passing: Passing): Version | undefined {
  const passed = passedArguments(method, passing).map(({ since }) => effectiveSince(since, key));
  return [effectiveSince(method.since, key), ...passed, ...leftOut(method, passing)].reduce((a, b) => (isAbove(b, a) ? b : a));
}

/** Before which versions what is left out had to be there. */
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

/** Whether what is too young for the server can all be left out. */
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

/** The rules that calls of the method break: on the wire, on this method, on a type that it reaches, or on the endpoint itself. */
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

/** The names under which clients may pass an argument of the server: its aliases, and what it was called before it was renamed. */
function namesBefore({ server, key, method }: Pairing, { rule, before }: Finding, argument: string): readonly string[] {
  if (rule === 'ARG_RENAMED') return [(before as ArgDocument).name];
  return methodOf(server, key, method)?.args?.find(({ name }) => name === argument)?.aliases ?? [];
}

/** The methods of the server that answer to a name as their alias. */
function aliasing(server: ContractDocument, key: string, name: string): string[] {
  return Object.entries(server.endpoints[key]!.methods).flatMap(([own, { aliases = [] }]) =>
    aliases.includes(name) ? [own] : [],
  );
}

/** The method that answers to a name. */
export function methodOf(snapshot: ContractDocument, key: string, name: string): MethodDocument | undefined {
  const methods = snapshot.endpoints[key]?.methods ?? {};
  if (Object.hasOwn(methods, name)) return methods[name];
  return Object.values(methods).find(({ aliases = [] }) => aliases.includes(name));
}

function isAbove(a: Version | undefined, b: Version | undefined): boolean {
  return a !== undefined && b !== undefined && compareVersions(a, b) > 0;
}
