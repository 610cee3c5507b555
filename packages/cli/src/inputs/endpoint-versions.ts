/** One endpoint at several versions: those that a range names, as the contract says they were, or contracts of their own. */

import { type ContractDocument, compareVersions, formatVersion, parseVersion } from '@concord-rpc/core';
import { contractAt } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { nearest } from '../console/nearest';
import { readSource } from '../project/contract-source';
import { type Project, type ReadContract, requireCommitted } from '../project/project';

/** A contract that has an endpoint: the one named, or the committed one. */
export async function requireEndpoint(project: Project, key: string, source?: string): Promise<ReadContract> {
  const read = source === undefined ? requireCommitted(project) : await readSource(source, { project });
  if (Object.hasOwn(read.snapshot.endpoints, key)) return read;
  const keys = Object.keys(read.snapshot.endpoints);
  const guess = nearest(key, keys);
  throw new CommandFailure(
    `${read.name} has no endpoint ${key}${guess === undefined ? '' : ` (Did you mean ${guess}?)`}`,
    `it has: ${keys.join(', ')}`,
  );
}

/** The versions that `1.0..1.2` or `1.0,1.2` names; where nothing is said, the released ones and the present one. */
export function versionsIn(snapshot: ContractDocument, key: string, range?: string): readonly string[] {
  const present = snapshot.endpoints[key]!.version;
  if (range === undefined) {
    const released = Object.keys(snapshot.releases?.[key] ?? {});
    return [...new Set([...released, present])].sort((a, b) => compareVersions(parseVersion(a), parseVersion(b)));
  }
  const [from, to] = range.split('..');
  if (to === undefined) return range.split(',').map((version) => requireKnown(version.trim(), key, present));
  const [first, last] = [requireKnown(from!, key, present), requireKnown(to, key, present)].map((version) =>
    parseVersion(version),
  );
  const { major } = first!;
  const minors = Array.from({ length: Math.max(0, last!.minor - first!.minor + 1) }, (_, index) => first!.minor + index);
  if (minors.length === 0)
    throw new CommandFailure(`${range} is no range: ${to} is older than ${from}`, 'write the older version first');
  return minors.map((minor) => formatVersion({ major, minor }));
}

/** A version of the endpoint's major that is not above what the contract knows. */
function requireKnown(text: string, key: string, present: string): string {
  const [version, last] = [parseVersion(text, `version of ${key}`), parseVersion(present)];
  if (version.major === last.major && version.minor <= last.minor) return text;
  throw new CommandFailure(
    `${key} has no version ${text}: the contract is at ${present}`,
    'name another version, or another --contract',
  );
}

/** Contracts by versions of one contract, or by names of contracts of their own. */
export async function contractsOf(
  project: Project,
  snapshot: ContractDocument,
  key: string,
  sources: readonly string[],
): Promise<readonly ContractDocument[]> {
  return Promise.all(sources.map((source) => contractNamed(project, snapshot, key, source)));
}

/** A contract by a version of one contract, or by the name of a contract of its own. */
export async function contractNamed(
  project: Project,
  snapshot: ContractDocument,
  key: string,
  source: string,
): Promise<ContractDocument> {
  if (!/^\d+\.\d+$/.test(source)) return (await requireEndpoint(project, key, source)).snapshot;
  return contractAt(snapshot, key, parseVersion(requireKnown(source, key, snapshot.endpoints[key]!.version)))!;
}
