/** A version of an endpoint, and the elements and forms that existed at that version. */
import { compareVersions, type Version } from '@concord-rpc/core/engine';
import { readVersion } from '../document/versions';

/** A version of an endpoint. */
export interface EndpointVersion {
  readonly key: string;
  readonly version: Version;
}

/** Returns whether an element with this `since` is newer than the version. */
export function isYounger(since: string | undefined, { version }: EndpointVersion): boolean {
  const own = readVersion(since);
  return own !== undefined && compareVersions(own, version) > 0;
}

/** Returns the entry of a history that records a facet as it was at the version; `undefined` if the facet did not change since. */
export function wasAt<T extends { readonly before: string }>(
  was: readonly T[] | undefined,
  facet: keyof T,
  past: EndpointVersion,
): T | undefined {
  const later = (was ?? []).filter((entry) => facet in entry && isYounger(entry.before, past));
  return later.sort((a, b) => compareVersions(readVersion(a.before)!, readVersion(b.before)!))[0];
}

/** Returns the entries that still apply at the version; `undefined` if there are none. */
export function historyAt<T extends { readonly before: string }>(
  was: readonly T[] | undefined,
  past: EndpointVersion,
): readonly T[] | undefined {
  const held = was?.filter(({ before }) => !isYounger(before, past));
  return held === undefined || held.length === 0 ? undefined : held;
}
