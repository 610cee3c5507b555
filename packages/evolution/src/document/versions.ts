/** Versions as documents claim them: read without complaint, with what stands for one that is left out. */
import {
  compareVersions,
  formatVersion,
  type MethodDocument,
  parseVersion,
  type Version,
  type VersionMark,
} from '@concord-rpc/core';

/** A key of `endpoints`, taken apart. */
export interface EndpointName {
  readonly name: string;
  readonly major: number;
}

/** `L3Plugin@1` as name and major. */
export function parseEndpointKey(key: string): EndpointName {
  const at = key.lastIndexOf('@');
  return { name: key.slice(0, at), major: Number(key.slice(at + 1)) };
}

/** The version that a text says, or `undefined` if it says none: a bad one is a finding, not a failure to read. */
export function readVersion(text: string | undefined): Version | undefined {
  try {
    return text === undefined ? undefined : parseVersion(text);
  } catch {
    return undefined;
  }
}

/** Whether `a` is an older version than `b`; false if either is unknown. */
export function isOlder(a: Version | undefined, b: Version | undefined): boolean {
  return a !== undefined && b !== undefined && compareVersions(a, b) < 0;
}

/** What a `since` says to one endpoint: of a map, the entry of its key or of its name. */
export function sinceFor(since: VersionMark | undefined, endpointKey: string): string | undefined {
  if (since === undefined || typeof since === 'string') return since;
  const { name } = parseEndpointKey(endpointKey);
  if (Object.hasOwn(since, endpointKey)) return since[endpointKey];
  return Object.hasOwn(since, name) ? since[name] : undefined;
}

/** The version from which a method is there, under whatever name. */
export function firstSince({ since, aliases = [], aliasSince = {} }: MethodDocument, endpointKey: string): Version | undefined {
  const oldest = aliases.at(-1);
  return effectiveSince(oldest === undefined ? since : aliasSince[oldest], endpointKey);
}

/** The version from which something is there: what has no `since` is as old as its major. `undefined` if it cannot be read. */
export function effectiveSince(since: string | undefined, endpointKey: string): Version | undefined {
  return since === undefined ? { major: parseEndpointKey(endpointKey).major, minor: 0 } : readVersion(since);
}

/** The minor after a version: `1.3` after `1.2`; what cannot be read stays as it is. */
export function nextMinor(text: string): string {
  const version = readVersion(text);
  return version === undefined ? text : formatVersion({ major: version.major, minor: version.minor + 1 });
}

/** The key of an endpoint's next major: `L3Plugin@2`. */
export function nextMajorOf(key: string): string {
  if (!key.includes('@')) return 'a new major';
  const { name, major } = parseEndpointKey(key);
  return `${name}@${major + 1}`;
}
