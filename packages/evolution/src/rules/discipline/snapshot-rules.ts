/** Rules of the file itself: recorded releases, freshness, approvals. */
import { isSame } from '../../document/canonical-json';
import { rulesOn } from '../rule';

export const SNAPSHOT_RULES = [
  ...rulesOn('release', [
    {
      id: 'HISTORY_REWRITTEN',
      purpose: 'The recorded hash of a released version changed or vanished.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: 'releases 1.0: sha256:aa → sha256:bb',
      harm: 'nobody can prove any more what {name} was',
      fix: 'put the recorded hash back',
      check: ({ before, after }) => before !== after,
    },
  ]),
  ...rulesOn('projection', [
    {
      id: 'PROJECTION_BROKEN',
      purpose: 'The contract, looked at as of a released version, is not what that version was.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: 'asOf(1.1) has another hash than was recorded for 1.1',
      harm: 'what was released as {name} can no longer be served as it was',
      fix: 'say since on what is new and was on what was different; diff with that release shows which',
      check: ({ before, after }) => before !== after,
    },
  ]),
  ...rulesOn('freshness', [
    {
      id: 'SNAPSHOT_STALE',
      purpose: 'The contract of the code is not the committed one.',
      severity: { wire: 'error' },
      hurts: 'nobody',
      bump: 'none',
      example: 'the code has an argument that the file lacks',
      harm: 'the file does not say what is served',
      fix: 'write the file anew: concord contract snapshot',
      check: ({ before, after }) => !isSame(before, after),
    },
  ]),
  ...rulesOn('approval', [
    {
      id: 'APPROVAL_STALE',
      purpose: 'An approval matches nothing.',
      severity: { semantic: 'warn' },
      hurts: 'nobody',
      bump: 'none',
      example: 'an approval of a change that is history',
      harm: 'it approves nothing and reads as if it did',
      fix: 'remove it: concord contract approve --prune',
      check: ({ isUsed }) => !isUsed,
    },
  ]),
];
