/** Which client works with which server, version by version and method by method. */
import { type ContractDocument, parseVersion } from '@concord-rpc/core';
import { isOlder, readVersion } from '../document/versions';
import { contractAt } from '../projection/contract-at';
import type { FleetClient } from './fleet-client';
import { groupVerdict, type Member, type SubjectForm } from './group-verdict';
import { createPairJudge, methodOf, type Pairing, type PairJudge, type Passing, type Verdict } from './pair-verdict';

/** What to lay side by side. */
export interface MatrixQuestion {
  /** `Name@major`. */
  readonly key: string;
  readonly clients: readonly ContractDocument[];
  /** Clients of which it is known what they use; those whose contract is not known are left out. */
  readonly callers?: readonly FleetClient[];
  readonly servers: readonly ContractDocument[];
  /** Servers that stand together in a queue group, such as a half-upgraded fleet; none: no such column. */
  readonly fleet?: readonly ContractDocument[];
  /** How calls are addressed; as Concord does it where left out. */
  readonly subjects?: SubjectForm;
}

/** What happens with as little and with as much as can be passed. */
export interface Cell {
  readonly least: Verdict;
  readonly most: Verdict;
}

/** One method of one client version. */
export interface MatrixRow {
  /** The version of the client's contract; before it the client's name, if it has one. */
  readonly client: string;
  readonly method: string;
  /** What the client passes, where that is known; then it is both the least and the most. */
  readonly args?: readonly string[];
  /** One cell for each server, in their order. */
  readonly cells: readonly Cell[];
  readonly fleet?: Cell;
}

/** A matrix: rows of client versions and methods, columns of server versions. */
export interface Matrix {
  readonly key: string;
  readonly servers: readonly string[];
  readonly fleet: readonly string[];
  readonly rows: readonly MatrixRow[];
}

/** Lays clients and servers side by side. */
export function matrix(question: MatrixQuestion): Matrix {
  const { key, clients, callers = [], servers, fleet = [], subjects = 'versioned' } = question;
  const version = (snapshot: ContractDocument): string => snapshot.endpoints[key]?.version ?? 'none';
  const judge = createPairJudge();
  const rows = [...clients.flatMap((client) => callsOf(client, key)), ...callers.flatMap((caller) => usesOf(caller, key))];
  const verdicts = (
    { client, method, needs, args }: RowCalls,
    judged: (pairing: Omit<Pairing, 'server'>, passing: Passing) => Verdict,
  ): Cell => {
    const pairing = { client, key, method, needs };
    return { least: judged(pairing, args ?? 'least'), most: judged(pairing, args ?? 'most') };
  };
  const rowOf = (calls: RowCalls): MatrixRow => {
    const isFanout = methodOf(calls.client, key, calls.method)?.mode === 'fanout';
    const group = (pairing: Omit<Pairing, 'server'>, passing: Passing): Verdict => {
      const members = fleet.map((server) => memberOf({ ...pairing, server }, passing, judge));
      return groupVerdict(members, subjects, isFanout);
    };
    return {
      client: [calls.name, version(calls.client)].filter((part) => part !== undefined).join(' '),
      method: calls.method,
      ...(calls.args !== undefined && { args: calls.args }),
      cells: servers.map((server) => verdicts(calls, (pairing, passing) => judge({ ...pairing, server }, passing))),
      ...(fleet.length > 0 && { fleet: verdicts(calls, group) }),
    };
  };
  return { key, servers: servers.map(version), fleet: fleet.map(version), rows: rows.map(rowOf) };
}

/** The calls of one row. */
interface RowCalls {
  readonly name?: string;
  readonly client: ContractDocument;
  readonly method: string;
  readonly args?: readonly string[];
  readonly needs?: string;
}

function callsOf(client: ContractDocument, key: string): RowCalls[] {
  return Object.keys(client.endpoints[key]?.methods ?? {}).map((method) => ({ client, method }));
}

function usesOf({ name, contract, uses }: FleetClient, key: string): RowCalls[] {
  if (contract === undefined) return [];
  const calls: readonly Omit<RowCalls, 'client' | 'name'>[] = uses ?? callsOf(contract, key);
  return calls.map((use) => ({ ...use, name, client: contract }));
}

/** The contracts of an endpoint at versions, computed from one document, for a matrix. */
export function contractsAt(snapshot: ContractDocument, key: string, versions: readonly string[]): readonly ContractDocument[] {
  return versions.flatMap((version) => contractAt(snapshot, key, parseVersion(version, `version of ${key}`)) ?? []);
}

/** A server of a group, as one call sees it. */
export function memberOf(pairing: Pairing, passing: Passing, judge: PairJudge): Member {
  const verdict = judge(pairing, passing);
  const served = readVersion(pairing.server.endpoints[pairing.key]?.version);
  return { verdict, isOldEnough: served !== undefined && !isOlder(served, readVersion(verdict.needs)) };
}
