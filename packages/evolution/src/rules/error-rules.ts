/** Rules of declared errors: raised or no more, and whether to try again. */
import { isAdded, isKept, isRemoved, rulesOn } from './rule';

export const ERROR_RULES = rulesOn('error', [
  {
    id: 'ERROR_ADDED',
    purpose: 'An error is new and says since when: older callers get its parent.',
    severity: { wire: 'info' },
    hurts: 'nobody',
    bump: 'minor',
    example: '+ GONE since 1.2',
    harm: '',
    fix: 'nothing to do',
    check: (pair) => isAdded(pair) && pair.after!.since !== undefined,
  },
  {
    id: 'ERROR_ADDED_UNGATED',
    purpose: 'An error is new, and old callers can meet it.',
    severity: { semantic: 'warn' },
    hurts: 'old clients',
    bump: 'minor',
    example: '+ GONE',
    harm: 'they meet `{name}`, which they do not know',
    fix: "say since: '{now}' on it",
    check: (pair) => isAdded(pair) && pair.after!.since === undefined,
  },
  {
    id: 'ERROR_REMOVED',
    purpose: 'An error is no longer raised.',
    severity: { wire: 'info', source: 'warn' },
    hurts: 'nobody',
    bump: 'minor',
    example: '- GONE',
    harm: 'code that names `{name}` is compiled in vain',
    fix: 'nothing to do on the wire',
    check: isRemoved,
  },
  {
    id: 'ERROR_RETRYABLE_CHANGED',
    purpose: 'Whether an error is worth another try differs: clients retry by it.',
    severity: { semantic: 'warn' },
    hurts: 'old clients',
    bump: 'minor',
    example: 'BUSY retryable → not',
    harm: 'they retry `{name}` where it is in vain, or give up where it is not',
    fix: 'keep the flag, or declare another error',
    check: (pair) => isKept(pair) && (pair.before!.retryable === true) !== (pair.after!.retryable === true),
  },
]);
