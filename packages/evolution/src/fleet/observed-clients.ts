/** Derives the clients of a live fleet from the calls that its servers counted. */
import type { ContractDocument } from '@concord-rpc/core';
import { compareVersions } from '@concord-rpc/core/engine';
import type { ReportedUse, UsageReport } from '@concord-rpc/core/wire';
import { readVersion } from '../document/versions';
import { contractAt } from '../projection/contract-at';
import type { FleetClient, Use } from './fleet-client';
import { methodOf } from './pair-verdict';

/** A server that was queried. */
export interface AskedServer {
  readonly server: string;
  /** The contract that the server serves; `undefined` if it could not be read. */
  readonly contract: ContractDocument | undefined;
  /** The calls that the server counted; `undefined` if they are not known. */
  readonly report: UsageReport | undefined;
  /** The reason why the contract or the calls are not known. */
  readonly why?: string;
}

/** The answers of a fleet about one endpoint. */
export interface ObservedFleet {
  /** `Name@major`. */
  readonly key: string;
  readonly servers: readonly AskedServer[];
  /** A contract that may have versions that no server has. */
  readonly committed: ContractDocument;
  /** True if the user named the clients. A server without counts then adds no unknown client. */
  readonly isNamed?: boolean;
}

/** A client, while its calls are collected. */
interface Gathered {
  readonly name: string;
  readonly contract: ContractDocument | undefined;
  readonly why?: string;
  readonly uses: Map<string, { readonly method: string; readonly needs: string; readonly args: Set<string> }>;
  calls: number;
  ago: number;
}

/** Returns the clients that the servers counted, and one unknown client for each server that reports no callers. */
export function observedClients(fleet: ObservedFleet): readonly FleetClient[] {
  const gathered = new Map<string, Gathered>();
  const callerVersions = versionsByCaller(fleet);
  for (const { contract: served, report } of fleet.servers) {
    for (const use of report?.uses.filter(({ endpoint }) => endpoint === fleet.key) ?? []) {
      const version = use.contract ?? (use.cast ? castVersion(use, callerVersions) : undefined);
      const contract = version === undefined ? undefined : contractOf(fleet, use, version, served);
      gather(gathered, use, { contract, version });
    }
  }
  const isSilent = ({ contract, report }: AskedServer) =>
    contract === undefined || (report === undefined && fleet.isNamed !== true);
  const silent = fleet.servers.filter(isSilent);
  const known = [...gathered.values()].map(clientOf).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...known, ...silent.map(({ server, why }): FleetClient => ({ name: `callers-of-${server}`, why }))];
}

function gather(
  all: Map<string, Gathered>,
  use: ReportedUse,
  { contract, version }: { readonly contract: ContractDocument | undefined; readonly version: string | undefined },
): void {
  const { caller, cast, method, needs, args, calls, ago } = use;
  const name = caller ?? nameOf(version, cast === true && use.contract === undefined);
  const known = contract?.endpoints[use.endpoint]?.version;
  const key = JSON.stringify([name, known ?? null]);
  const why = version === undefined ? 'its calls declare no version' : `no server has contract ${version}`;
  const client = all.get(key) ?? {
    name,
    contract,
    ...(contract === undefined && { why }),
    uses: new Map(),
    calls: 0,
    ago: Number.POSITIVE_INFINITY,
  };
  all.set(key, client);
  client.calls += calls;
  client.ago = Math.min(client.ago, ago);
  const useKey = `${method} ${needs}`;
  const found = client.uses.get(useKey) ?? { method, needs, args: new Set() };
  client.uses.set(useKey, found);
  for (const arg of args) found.args.add(arg);
}

function nameOf(version: string | undefined, isCast: boolean): string {
  if (version === undefined) return 'callers-without-version';
  return isCast ? `casts-needing-${version}` : `callers-at-${version}`;
}

function clientOf({ name, contract, why, uses, calls, ago }: Gathered): FleetClient {
  const all = [...uses.values()].map(({ method, needs, args }): Use => ({ method, needs, args: [...args] }));
  const inOrder = all.sort((a, b) => (`${a.method} ${a.needs}` < `${b.method} ${b.needs}` ? -1 : 1));
  return { name, contract, uses: inOrder, seen: { calls, ago }, ...(why !== undefined && { why }) };
}

/** Returns the versions that each named caller declares. */
function versionsByCaller({ key, servers }: ObservedFleet): ReadonlyMap<string, ReadonlySet<string>> {
  const versions = new Map<string, Set<string>>();
  for (const { endpoint, caller, contract } of servers.flatMap(({ report }) => report?.uses ?? [])) {
    if (endpoint !== key || caller === undefined || contract === undefined) continue;
    versions.set(caller, (versions.get(caller) ?? new Set()).add(contract));
  }
  return versions;
}

/**
 * Returns the version of a cast, which declares none: the only version in the caller's calls, or the version that the cast
 * needs.
 */
function castVersion({ caller, needs }: ReportedUse, known: ReadonlyMap<string, ReadonlySet<string>>): string {
  const [version, ...others] = caller === undefined ? [] : (known.get(caller) ?? []);
  return version === undefined || others.length > 0 ? needs : version;
}

/**
 * Returns the contract of a version: from the oldest server that is not older, or from the committed file. If that contract
 * lacks the method, the contract of the server that counted the call is used.
 */
function contractOf(
  fleet: ObservedFleet,
  use: ReportedUse,
  version: string,
  served: ContractDocument | undefined,
): ContractDocument | undefined {
  const { key, servers, committed } = fleet;
  const wanted = readVersion(version);
  const ownOf = (snapshot: ContractDocument) => readVersion(snapshot.endpoints[key]?.version);
  const live = servers.flatMap(({ contract }) => (contract !== undefined && ownOf(contract) !== undefined ? [contract] : []));
  const inOrder = [...live.sort((a, b) => compareVersions(ownOf(a)!, ownOf(b)!)), committed];
  const knowing = inOrder.find((each) => {
    const own = ownOf(each);
    return wanted !== undefined && own?.major === wanted.major && own.minor >= wanted.minor;
  });
  const then = knowing && contractAt(knowing, key, wanted!);
  if (then === undefined || methodOf(then, key, use.method) !== undefined || served === undefined) return then;
  return contractAt(served, key, ownOf(served)!);
}
