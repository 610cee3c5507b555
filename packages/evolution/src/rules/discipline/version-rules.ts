/** Rules of the version's discipline: what a minor must say, what a new major must be. */
import { compareVersions } from '@concord-rpc/core';
import { parseEndpointKey, readVersion } from '../../document/versions';
import { rulesOn } from '../rule';

export const VERSION_RULES = [
  ...rulesOn('declaration', [
    {
      id: 'VERSION_INVALID',
      purpose: 'The version is not MAJOR.MINOR, or its major is not that of the endpoint.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: "Svc@1 with version '2.0'",
      harm: 'nobody can tell which calls it serves',
      fix: "write the major of the endpoint and a minor, such as '1.2'",
      check: ({ after, major }) => readVersion(after?.version)?.major !== major,
    },
  ]),
  ...rulesOn('versions', [
    {
      id: 'VERSION_DECREASED',
      purpose: 'The minor went backwards inside its major.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: '1.4 → 1.3',
      harm: 'servers no longer say that they serve what they served',
      fix: 'set the version back to what it was, or higher',
      check: ({ from, to }) => compareVersions(to, from) < 0,
    },
    {
      id: 'MINOR_BUMP_SKIPPED',
      purpose: 'The minor moved by more than one.',
      severity: { wire: 'warn' },
      hurts: 'nobody',
      bump: 'none',
      example: '1.1 → 1.3',
      harm: 'versions in between stand for nothing',
      fix: 'take the next minor',
      check: ({ from, to }) => from.major === to.major && to.minor > from.minor + 1,
    },
  ]),
  ...rulesOn('growth', [
    {
      id: 'MINOR_BUMP_MISSING',
      purpose: 'The contract grew and the minor did not.',
      severity: { wire: 'error' },
      hurts: 'new clients',
      bump: 'none',
      example: 'a new result, still 1.1',
      harm: 'old and new servers say the same version, and only the new ones serve what is new',
      fix: 'raise the version of the endpoint by one minor',
      check: ({ from, to, bumps }) => compareVersions(from, to) === 0 && bumps.has('minor'),
    },
    {
      id: 'MINOR_BUMP_UNUSED',
      purpose: 'The minor moved and the contract did not.',
      severity: { wire: 'info' },
      hurts: 'nobody',
      bump: 'none',
      example: '1.1 → 1.2, the same contract',
      harm: '',
      fix: 'nothing to do, if it was meant',
      check: ({ from, to, bumps }) => compareVersions(to, from) > 0 && !bumps.has('minor') && !bumps.has('major'),
    },
  ]),
  ...rulesOn('major', [
    {
      id: 'MAJOR_NOT_RESET',
      purpose: 'A new major does not start at minor 0.',
      severity: { wire: 'error' },
      hurts: 'nobody',
      bump: 'none',
      example: 'a new major starts at 2.1',
      harm: 'versions below its first stand for nothing',
      fix: 'start the new major at minor 0',
      check: ({ version }) => version !== undefined && version.minor !== 0,
    },
    {
      id: 'MAJOR_SKIPPED',
      purpose: 'A new major is not the one after the last.',
      severity: { wire: 'warn' },
      hurts: 'nobody',
      bump: 'none',
      example: 'Svc@1 → Svc@3',
      harm: 'majors in between stand for nothing',
      fix: 'take the next major',
      check: ({ major, lastMajor }) => major !== lastMajor + 1,
    },
    {
      id: 'MAJOR_WITHOUT_BREAK',
      purpose: 'A new major breaks nothing that the last minor had.',
      severity: { wire: 'warn' },
      hurts: 'nobody',
      bump: 'none',
      example: 'Svc@2 differs from Svc@1 by additions only',
      harm: 'clients must move although a minor would have served them',
      fix: 'make it a minor of the last major',
      check: ({ isBreaking }) => !isBreaking,
    },
  ]),
  ...rulesOn('lacking', [
    {
      id: 'REMOVED_WITHOUT_DEPRECATION',
      purpose: 'A new major lacks what the last minor did not deprecate.',
      severity: { source: 'warn', semantic: 'warn' },
      hurts: 'nobody',
      bump: 'none',
      example: "2.0 lacks 'old', and 1.4 never said that it would go",
      harm: 'users of `{name}` hear of it when they move',
      fix: 'deprecate `{name}` in a minor of the last major first',
      check: ({ before }) => before?.deprecated === undefined,
    },
  ]),
];

/** The key of an endpoint's next major: `L3Plugin@2`. */
export function nextMajorOf(key: string): string {
  if (!key.includes('@')) return 'a new major';
  const { name, major } = parseEndpointKey(key);
  return `${name}@${major + 1}`;
}
