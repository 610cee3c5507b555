/** Rules of results: added and removed. */
import { isAdded, isRemoved, rulesOn } from './rule';

/** The rules of results. */
export const RESULT_RULES = rulesOn('result', [
  {
    id: 'RETURN_ADDED',
    purpose: 'A method without a result now has one.',
    severity: { wire: 'info' },
    hurts: 'new clients',
    bump: 'minor',
    example: 'void → string',
    harm: 'they expect a result and receive none',
    fix: 'nothing to do',
    check: isAdded,
  },
  {
    id: 'RETURN_REMOVED',
    purpose: 'A method no longer has a result.',
    severity: { wire: 'error', source: 'error' },
    hurts: 'old clients',
    bump: 'major',
    example: 'string → void',
    harm: 'they expect a result and receive none',
    fix: 'keep the result, or make {next}',
    check: isRemoved,
  },
]);
