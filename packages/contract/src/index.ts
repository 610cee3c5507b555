/** Contracts as files: read, written, compared by named rules. */

export { diff, type Findings } from './diff';
export { parseSnapshot, type Problem, UnreadableFile } from './document/parse-snapshot';
export type { Snapshot } from './document/snapshot';
export { writeSnapshot } from './document/write-snapshot';
export type { Finding } from './findings/finding';
export type { Profile, SeveritySettings } from './findings/severity-settings';
