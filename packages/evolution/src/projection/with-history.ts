/** Adds the history of the committed file to the contract of the code. */
import type { ContractDocument } from '@concord-rpc/core';
import { compareVersions } from '@concord-rpc/core/engine';
import { readVersion } from '../document/versions';
import { contractAt } from './contract-at';
import { recordHistory } from './record-history';

/**
 * Returns the contract file for the code. Elements that differ from the last recorded release get their earlier form. Without a
 * release they are compared with the committed file, if the version moved.
 */
export function withHistory(committed: ContractDocument, code: ContractDocument): ContractDocument {
  const known = Object.keys(code.endpoints).filter((key) => Object.hasOwn(committed.endpoints, key));
  const recorded = known.reduce((now, key) => recordHistory(lastKnown(committed, code, key), now), code);
  return { ...recorded, ...(committed.releases !== undefined && { releases: committed.releases }) };
}

/** Returns an endpoint at its last release; as committed, if the code is at that release or no release is recorded. */
function lastKnown(committed: ContractDocument, code: ContractDocument, key: string): ContractDocument {
  const present = readVersion(code.endpoints[key]!.version);
  const released = Object.keys(committed.releases?.[key] ?? {}).flatMap((version) => readVersion(version) ?? []);
  const older = released.filter((version) => present !== undefined && compareVersions(version, present) < 0);
  const last = older.sort(compareVersions).at(-1);
  const isReleased = released.some((version) => present !== undefined && compareVersions(version, present) === 0);
  const then = last === undefined || isReleased ? undefined : contractAt(committed, key, last);
  return then ?? { contract: 1, endpoints: { [key]: committed.endpoints[key]! }, types: committed.types };
}
