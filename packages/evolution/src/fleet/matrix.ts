/** Lists which client version works with which server version, method by method. */
import type { ContractDocument } from '@concord-rpc/core';
import { parseVersion } from '@concord-rpc/core/engine';
import { isOlder, readVersion } from '../document/versions';
import { contractAt } from '../projection/contract-at';
import type { FleetClient } from './fleet-client';
import { groupVerdict, type Member, type SubjectForm } from './group-verdict';
import { createPairJudge, methodOf, type Pairing, type PairJudge, type Passing, type Verdict } from './pair-verdict';

/** The versions to compare. */
export interface MatrixQuestion {
  /** `Name@major`. */
  readonly key: string;
  readonly clients: readonly ContractDocument[];
  /** Clients whose calls are known. Clients without a known contract are left out. */
  readonly callers?: readonly FleetClient[];
  readonly servers: readonly ContractDocument[];
  /** Servers of one queue group, such as a half-upgraded fleet. Without them the matrix has no fleet column. */
  readonly fleet?: readonly ContractDocument[];
  /** The form of subjects; `versioned` by default. */
  readonly subjects?: SubjectForm;
}

/** The verdicts for calls with as few and with as many arguments as possible. */
export interface Cell {
  readonly least: Verdict;
  readonly most: Verdict;
}

/** One method of one client version. */
export interface MatrixRow {
  /** The version of the client's contract, after the name of the client if it has one. */
  readonly client: string;
  readonly method: string;
  /** The arguments that the client passes, if known. `least` and `most` are then equal. */
  readonly args?: readonly string[];
  /** One cell for each server, in the order of the servers. */
  readonly cells: readonly Cell[];
  readonly fleet?: Cell;
}

/** A matrix. Rows are methods of client versions; columns are server versions. */
export interface Matrix {
  readonly key: string;
  readonly servers: readonly string[];
  readonly fleet: readonly string[];
  readonly rows: readonly MatrixRow[];
}

/** Judges every client against every server. */
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

/** Returns the contracts of an endpoint at several versions, computed from one document. */
export function contractsAt(snapshot: ContractDocument, key: string, versions: readonly string[]): readonly ContractDocument[] {
  return versions.flatMap((version) => contractAt(snapshot, key, parseVersion(version, `version of ${key}`)) ?? []);
}

/** Returns a member of a group, with the verdict on one call. */
export function memberOf(pairing: Pairing, passing: Passing, judge: PairJudge): Member {
  const verdict = judge(pairing, passing);
  const served = readVersion(pairing.server.endpoints[pairing.key]?.version);
  return { verdict, servesNeeded: served !== undefined && !isOlder(served, readVersion(verdict.needs)) };
}
