/** Which client works with which server, version by version and method by method. */
import { parseVersion } from '@concord-rpc/core';
import type { Snapshot } from '../document/snapshot';
import { isOlder, readVersion } from '../document/versions';
import { contractAt } from '../projection/contract-at';
import { groupVerdict, type Member, type Subjects } from './group-verdict';
import { createPairJudge, type Pairing, type PairJudge, type Passing, type Verdict } from './pair-verdict';

/** What to lay side by side. */
export interface MatrixQuestion {
  /** `Name@major`. */
  readonly key: string;
  readonly clients: readonly Snapshot[];
  readonly servers: readonly Snapshot[];
  /** Servers that stand together in a queue group, such as a half-upgraded fleet; none: no such column. */
  readonly fleet?: readonly Snapshot[];
  /** How calls are addressed; as Concord does it where left out. */
  readonly subjects?: Subjects;
}

/** What happens with as little and with as much as can be passed. */
export interface Cell {
  readonly least: Verdict;
  readonly most: Verdict;
}

/** One method of one client version. */
export interface MatrixRow {
  readonly client: string;
  readonly method: string;
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
export function matrix({ key, clients, servers, fleet = [], subjects = 'versioned' }: MatrixQuestion): Matrix {
  const version = (snapshot: Snapshot): string => snapshot.endpoints[key]?.version ?? 'none';
  const judge = createPairJudge();
  const rows = clients.flatMap((client) =>
    Object.keys(client.endpoints[key]?.methods ?? {}).map((method): MatrixRow => {
      const isFanout = client.endpoints[key]!.methods[method]!.kind === 'fanout';
      const cellOf = (server: Snapshot): Cell => ({
        least: judge({ client, server, key, method }, 'least'),
        most: judge({ client, server, key, method }, 'most'),
      });
      const group = (passing: Passing): Verdict => {
        const members = fleet.map((server) => memberOf({ client, server, key, method }, passing, judge));
        return groupVerdict(members, subjects, isFanout);
      };
      return {
        client: version(client),
        method,
        cells: servers.map(cellOf),
        ...(fleet.length > 0 && { fleet: { least: group('least'), most: group('most') } }),
      };
    }),
  );
  return { key, servers: servers.map(version), fleet: fleet.map(version), rows };
}

/** The contracts of an endpoint at versions, computed from one document, for a matrix. */
export function contractsAt(snapshot: Snapshot, key: string, versions: readonly string[]): readonly Snapshot[] {
  return versions.flatMap((version) => contractAt(snapshot, key, parseVersion(version, `version of ${key}`)) ?? []);
}

/** A server of a group, as one call sees it. */
export function memberOf(pairing: Pairing, passing: Passing, judge: PairJudge): Member {
  const verdict = judge(pairing, passing);
  const served = readVersion(pairing.server.endpoints[pairing.key]?.version);
  return { verdict, isOldEnough: served !== undefined && !isOlder(served, readVersion(verdict.needs)) };
}
