/** Rules of declared errors. */
import { isAdded, isKept, isRemoved, rulesOn } from './rule';

/** The rules of errors. */
export const ERROR_RULES = rulesOn('error', [
  {
    id: 'ERROR_ADDED',
    purpose: 'An error was added with `since`: older callers receive its parent.',
    severity: { wire: 'info' },
    hurts: 'no client',
    bump: 'minor',
    example: '+ GONE since 1.2',
    harm: '',
    fix: 'nothing to do',
    check: (pair) => isAdded(pair) && pair.after!.since !== undefined,
  },
  {
    id: 'ERROR_ADDED_UNGATED',
    purpose: 'An error was added without `since`: older callers may receive it.',
    severity: { semantic: 'warn' },
    hurts: 'old clients',
    bump: 'minor',
    example: '+ GONE',
    harm: 'they may receive `{name}`, which they do not know',
    fix: "add since: '{now}' to the error",
    check: (pair) => isAdded(pair) && pair.after!.since === undefined,
  },
  {
    id: 'ERROR_REMOVED',
    purpose: 'An error is no longer raised.',
    severity: { wire: 'info', source: 'warn' },
    hurts: 'no client',
    bump: 'minor',
    example: '- GONE',
    harm: 'code that handles `{name}` never runs',
    fix: 'nothing to do for requests and replies',
    check: isRemoved,
  },
  {
    id: 'ERROR_RETRYABLE_CHANGED',
    purpose: 'The retryable flag of an error changed: clients decide by it whether to retry.',
    severity: { semantic: 'warn' },
    hurts: 'old clients',
    bump: 'minor',
    example: 'BUSY retryable → not',
    harm: 'they retry `{name}` where a retry cannot help, or do not retry where it could',
    fix: 'keep the flag, or declare another error',
    check: (pair) => isKept(pair) && (pair.before!.retryable === true) !== (pair.after!.retryable === true),
  },
]);
