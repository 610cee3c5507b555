/** A version of an endpoint at which a contract is looked at, and what was there and how at that time. */
import { compareVersions, type EarlierForm, type Version } from '@concord-rpc/core';
import { readVersion } from '../document/versions';

/** At which version of which endpoint something is looked at. */
export interface EndpointVersion {
  readonly key: string;
  readonly version: Version;
}

/** Whether something with this `since` was not there yet. */
export function isYounger(since: string | undefined, { version }: EndpointVersion): boolean {
  const own = readVersion(since);
  return own !== undefined && compareVersions(own, version) > 0;
}

/** Of entries that say how it was, the one that held at the moment and says something of the facet. */
export function wasAt(
  was: readonly EarlierForm[] | undefined,
  facet: 'required' | 'schema',
  moment: EndpointVersion,
): EarlierForm | undefined {
  const later = (was ?? []).filter((entry) => facet in entry && isYounger(entry.before, moment));
  return later.sort((a, b) => compareVersions(readVersion(a.before)!, readVersion(b.before)!))[0];
}

/** The entries that already held at the moment; `undefined` if there are none. */
export function historyAt<T extends { readonly before: string }>(
  was: readonly T[] | undefined,
  moment: EndpointVersion,
): readonly T[] | undefined {
  const held = was?.filter(({ before }) => !isYounger(before, moment));
  return held === undefined || held.length === 0 ? undefined : held;
}
