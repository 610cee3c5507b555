/** Rules of the contract file: recorded releases, freshness, approvals. */
import { isSame } from '../../document/canonical-json';
import { rulesOn } from '../rule';

/** The rules of the contract file. */
export const SNAPSHOT_RULES = [
  ...rulesOn('release', [
    {
      id: 'HISTORY_REWRITTEN',
      purpose: 'The recorded hash of a released version was changed or removed.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: 'releases 1.0: sha256:aa → sha256:bb',
      harm: 'the contract of {name} can no longer be proved',
      fix: 'restore the recorded hash',
      check: ({ before, after }) => before !== after,
    },
  ]),
  ...rulesOn('projection', [
    {
      id: 'PROJECTION_BROKEN',
      purpose: 'The contract, projected to a released version, does not have the hash recorded for that version.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: 'the projection to 1.1 has another hash than the recorded one',
      harm: '{name} can no longer be served as it was released',
      fix: 'add `since` to new elements and `was` to changed ones. To list them, run `concord contract diff release:{release} FILE`',
      check: ({ before, after }) => before !== after,
    },
  ]),
  ...rulesOn('freshness', [
    {
      id: 'SNAPSHOT_STALE',
      purpose: 'The committed contract file does not match the code.',
      severity: { wire: 'error' },
      hurts: 'no client',
      bump: 'none',
      example: 'the code has an argument that the file lacks',
      harm: 'the file does not describe the contract that is served',
      fix: 'write the file again: concord contract snapshot',
      check: ({ before, after }) => !isSame(before, after),
    },
  ]),
  ...rulesOn('approval', [
    {
      id: 'APPROVAL_STALE',
      purpose: 'An approval matches no finding.',
      severity: { semantic: 'warn' },
      hurts: 'no client',
      bump: 'none',
      example: 'an approval of a change before the present baseline',
      harm: 'the approval has no effect',
      fix: 'remove the approval: concord contract approve --prune',
      check: ({ isUsed }) => !isUsed,
    },
  ]),
];
