/** Rules of deprecation and removal: said in time, and kept. */
import { compareVersions, type DeprecationDocument } from '@concord-rpc/core';
import { isOlder, readVersion } from '../../document/versions';
import { isAdded, isRemoved, rulesOn } from '../rule';

function removalIn(deprecation: unknown) {
  const { removeIn } = Object(deprecation) as Partial<DeprecationDocument>;
  return readVersion(removeIn);
}

export const DEPRECATION_RULES = [
  ...rulesOn('deprecation', [
    {
      id: 'DEPRECATION_ADDED',
      purpose: 'Something is now deprecated.',
      severity: { semantic: 'info' },
      hurts: 'nobody',
      bump: 'none',
      example: '– → deprecated since 1.1, removeIn 2.0',
      harm: '',
      fix: 'nothing to do',
      check: isAdded,
    },
    {
      id: 'DEPRECATION_REMOVED',
      purpose: 'Something is no longer deprecated.',
      severity: { semantic: 'info' },
      hurts: 'nobody',
      bump: 'none',
      example: 'deprecated → –',
      harm: '',
      fix: 'nothing to do',
      check: isRemoved,
    },
    {
      id: 'SUNSET_MOVED_EARLIER',
      purpose: 'Its removal moved to an earlier version.',
      severity: { semantic: 'warn' },
      hurts: 'nobody',
      bump: 'none',
      example: 'removeIn 3.0 → 2.0',
      harm: 'users of `{name}` have less time than they were told',
      fix: 'keep the version that was announced',
      check: ({ before, after }) => isOlder(removalIn(after), removalIn(before)),
    },
  ]),
  ...rulesOn('removal', [
    {
      id: 'DEPRECATION_NO_REMOVAL',
      purpose: 'Something is deprecated and does not say when it goes.',
      severity: { semantic: 'warn' },
      hurts: 'nobody',
      bump: 'none',
      example: 'deprecated, no removeIn',
      harm: 'nobody knows by when to stop using `{name}`',
      fix: "say removeIn, such as the next major's first version",
      check: ({ after }) => after?.removeIn === undefined,
    },
    {
      id: 'REMOVAL_OVERDUE',
      purpose: 'Something is still here at or after the version that was to remove it.',
      severity: { semantic: 'warn' },
      hurts: 'nobody',
      bump: 'none',
      example: 'removeIn 2.0, still there in 2.0',
      harm: 'the announcement of its removal was not true',
      fix: 'remove `{name}`, or announce a later version',
      check: ({ after, endpoint }) => isOverdue(after, endpoint),
    },
    {
      id: 'SUNSET_WITHIN_MAJOR',
      purpose: "The version that is to remove it is not a later major's first: it can never be honoured.",
      severity: { semantic: 'warn' },
      hurts: 'nobody',
      bump: 'none',
      example: "removeIn '1.5' in Svc@1",
      harm: 'taking `{name}` away there would break clients of the same major',
      fix: "name a later major's first version",
      check: ({ after, endpoint, major }) => {
        if (after?.removeIn === undefined || isOverdue(after, endpoint)) return false;
        const version = removalIn(after);
        return version === undefined || version.minor !== 0 || version.major <= major;
      },
    },
  ]),
];

function isOverdue(deprecation: DeprecationDocument | undefined, endpoint: ReturnType<typeof readVersion>): boolean {
  const version = removalIn(deprecation);
  return version !== undefined && endpoint !== undefined && compareVersions(version, endpoint) <= 0;
}
