/** One endpoint at several versions: versions of one contract, or other contracts. */

import type { ContractDocument } from '@concord-rpc/core';
import { compareVersions, formatVersion, parseVersion } from '@concord-rpc/core/engine';
import { contractAt } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { didYouMean } from '../console/did-you-mean';
import { readSource } from '../project/contract-source';
import { type LoadedContract, type Project, requireCommitted } from '../project/project';

/**
 * Reads the contract of a source (default: the committed contract), which must have the endpoint.
 *
 * @throws CommandFailure if the contract is missing or lacks the endpoint; UnreadableFile if the file is not a contract.
 */
export async function requireEndpoint(project: Project, key: string, source?: string): Promise<LoadedContract> {
  const read = source === undefined ? requireCommitted(project) : await readSource(source, { project });
  if (Object.hasOwn(read.snapshot.endpoints, key)) return read;
  const keys = Object.keys(read.snapshot.endpoints);
  throw new CommandFailure(`${read.name} has no endpoint ${key}${didYouMean(key, keys)}`, `its endpoints: ${keys.join(', ')}`);
}

/**
 * Lists the versions in a range such as `1.0..1.2` or `1.0,1.2`. Default: the released versions and the current one.
 *
 * @throws CommandFailure if the range is empty or the contract has no such version.
 */
export function versionsIn(snapshot: ContractDocument, key: string, range?: string): readonly string[] {
  const current = snapshot.endpoints[key]!.version;
  if (range === undefined) {
    const released = Object.keys(snapshot.releases?.[key] ?? {});
    return [...new Set([...released, current])].sort((a, b) => compareVersions(parseVersion(a), parseVersion(b)));
  }
  const [from, to] = range.split('..');
  if (to === undefined) return range.split(',').map((version) => requireKnown(version.trim(), key, current));
  const [first, last] = [requireKnown(from!, key, current), requireKnown(to, key, current)].map((version) =>
    parseVersion(version),
  );
  const { major } = first!;
  const minors = Array.from({ length: Math.max(0, last!.minor - first!.minor + 1) }, (_, index) => first!.minor + index);
  if (minors.length === 0)
    throw new CommandFailure(`the range ${range} is empty: ${to} is older than ${from}`, 'write the older version first');
  return minors.map((minor) => formatVersion({ major, minor }));
}

/** Returns the version if it has the major of the endpoint and is not above the version of the contract. */
function requireKnown(text: string, key: string, current: string): string {
  const [version, last] = [parseVersion(text, `version of ${key}`), parseVersion(current)];
  if (version.major === last.major && version.minor <= last.minor) return text;
  throw new CommandFailure(
    `${key} has no version ${text}; the contract is at ${current}`,
    'name another version, or another contract with --contract',
  );
}

/** Reads several contracts. Each source is a version of `snapshot` or the name of another contract. */
export async function contractsOf(
  project: Project,
  snapshot: ContractDocument,
  key: string,
  sources: readonly string[],
): Promise<readonly ContractDocument[]> {
  return Promise.all(sources.map((source) => contractNamed(project, snapshot, key, source)));
}

/** Reads one contract. `source` is a version of `snapshot` or the name of another contract. */
export async function contractNamed(
  project: Project,
  snapshot: ContractDocument,
  key: string,
  source: string,
): Promise<ContractDocument> {
  if (!/^\d+\.\d+$/.test(source)) return (await requireEndpoint(project, key, source)).snapshot;
  return contractAt(snapshot, key, parseVersion(requireKnown(source, key, snapshot.endpoints[key]!.version)))!;
}

/** Returns a contract without one of its endpoints: the contract of servers that have dropped a major. */
export function withoutEndpoint(snapshot: ContractDocument, key: string): ContractDocument {
  const { [key]: _, ...endpoints } = snapshot.endpoints;
  return { ...snapshot, endpoints };
}
