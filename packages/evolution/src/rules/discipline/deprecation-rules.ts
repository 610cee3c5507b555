/** Rules of deprecation and removal. */
import { compareVersions, type DeprecationDocument } from '@concord-rpc/core/engine';
import { isOlder, readVersion } from '../../document/versions';
import { isAdded, isRemoved, rulesOn } from '../rule';

function removalIn(deprecation: unknown) {
  const { removeIn } = Object(deprecation) as Partial<DeprecationDocument>;
  return readVersion(removeIn);
}

/** The rules of deprecations. */
export const DEPRECATION_RULES = [
  ...rulesOn('deprecation', [
    {
      id: 'DEPRECATION_ADDED',
      purpose: 'An element is now deprecated.',
      severity: { semantic: 'info' },
      hurts: 'no client',
      bump: 'none',
      example: '– → deprecated since 1.1, removeIn 2.0',
      harm: '',
      fix: 'nothing to do',
      check: isAdded,
    },
    {
      id: 'DEPRECATION_REMOVED',
      purpose: 'An element is no longer deprecated.',
      severity: { semantic: 'info' },
      hurts: 'no client',
      bump: 'none',
      example: 'deprecated → –',
      harm: '',
      fix: 'nothing to do',
      check: isRemoved,
    },
    {
      id: 'SUNSET_MOVED_EARLIER',
      purpose: 'The announced removal moved to an earlier version.',
      severity: { semantic: 'warn' },
      hurts: 'no client',
      bump: 'none',
      example: 'removeIn 3.0 → 2.0',
      harm: 'users of `{name}` have less time than was announced',
      fix: 'keep the version that was announced',
      check: ({ before, after }) => isOlder(removalIn(after), removalIn(before)),
    },
  ]),
  ...rulesOn('removal', [
    {
      id: 'DEPRECATION_NO_REMOVAL',
      purpose: 'An element is deprecated, and no version is announced for its removal.',
      severity: { semantic: 'warn' },
      hurts: 'no client',
      bump: 'none',
      example: 'deprecated, no removeIn',
      harm: 'users cannot know by which version they must stop using `{name}`',
      fix: 'add removeIn, such as the first version of the next major',
      check: ({ after }) => after?.removeIn === undefined,
    },
    {
      id: 'REMOVAL_OVERDUE',
      purpose: 'An element still exists at or after the version announced for its removal.',
      severity: { semantic: 'warn' },
      hurts: 'no client',
      bump: 'none',
      example: 'removeIn 2.0, still present in 2.0',
      harm: 'the announced removal of `{name}` did not happen',
      fix: 'remove `{name}`, or announce a later version',
      check: ({ after, endpoint }) => isOverdue(after, endpoint),
    },
    {
      id: 'SUNSET_WITHIN_MAJOR',
      purpose:
        'The version announced for the removal is not the first version of a later major, so the element cannot be removed there.',
      severity: { semantic: 'warn' },
      hurts: 'no client',
      bump: 'none',
      example: "removeIn '1.5' in Svc@1",
      harm: 'removing `{name}` in that version would break clients of the same major',
      fix: 'announce the first version of a later major',
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
