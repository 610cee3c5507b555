/** Reads versions of a document. An invalid version is `undefined`; a missing one has a default. */
import {
  compareVersions,
  formatVersion,
  type MethodDocument,
  parseVersion,
  type Version,
  type VersionMark,
} from '@concord-rpc/core/engine';

/** The parts of a key of `endpoints`. */
export interface EndpointName {
  readonly name: string;
  readonly major: number;
}

/** Splits a key such as `L3Plugin@1` into name and major. */
export function parseEndpointKey(key: string): EndpointName {
  const at = key.lastIndexOf('@');
  return { name: key.slice(0, at), major: Number(key.slice(at + 1)) };
}

/** Reads a version. Returns `undefined` if the text is not a version: rules report that, reading does not fail. */
export function readVersion(text: string | undefined): Version | undefined {
  try {
    return text === undefined ? undefined : parseVersion(text);
  } catch {
    return undefined;
  }
}

/** Returns whether `a` is an older version than `b`; false if either is unknown. */
export function isOlder(a: Version | undefined, b: Version | undefined): boolean {
  return a !== undefined && b !== undefined && compareVersions(a, b) < 0;
}

/** Returns the `since` that applies to an endpoint. In a map, the entry of its key comes before the entry of its name. */
export function sinceFor(since: VersionMark | undefined, endpointKey: string): string | undefined {
  if (since === undefined || typeof since === 'string') return since;
  const { name } = parseEndpointKey(endpointKey);
  if (Object.hasOwn(since, endpointKey)) return since[endpointKey];
  return Object.hasOwn(since, name) ? since[name] : undefined;
}

/** Returns the version that first served a method, under any of its names. */
export function firstSince({ since, aliases = [], aliasSince = {} }: MethodDocument, endpointKey: string): Version | undefined {
  const oldest = aliases.at(-1);
  return effectiveSince(oldest === undefined ? since : aliasSince[oldest], endpointKey);
}

/**
 * Returns the version that first had an element. Without `since` it is minor 0 of the major; `undefined` if `since` is invalid.
 */
export function effectiveSince(since: string | undefined, endpointKey: string): Version | undefined {
  return since === undefined ? { major: parseEndpointKey(endpointKey).major, minor: 0 } : readVersion(since);
}

/** Returns the next minor: `1.3` for `1.2`. An invalid version is returned unchanged. */
export function nextMinor(text: string): string {
  const version = readVersion(text);
  return version === undefined ? text : formatVersion({ major: version.major, minor: version.minor + 1 });
}

/** Returns the key of the next major of an endpoint: `L3Plugin@2` for `L3Plugin@1`. */
export function nextMajorOf(key: string): string {
  if (!key.includes('@')) return 'a new major';
  const { name, major } = parseEndpointKey(key);
  return `${name}@${major + 1}`;
}
