/** Rules of results: something or nothing. */
import { isAdded, isRemoved, rulesOn } from './rule';

export const RESULT_RULES = rulesOn('result', [
  {
    id: 'RETURN_ADDED',
    purpose: 'Nothing became a value.',
    severity: { wire: 'info' },
    hurts: 'new clients',
    bump: 'minor',
    example: 'void → string',
    harm: 'they await a value and get none',
    fix: 'nothing to do',
    check: isAdded,
  },
  {
    id: 'RETURN_REMOVED',
    purpose: 'A value became nothing.',
    severity: { wire: 'error', source: 'error' },
    hurts: 'old clients',
    bump: 'major',
    example: 'string → void',
    harm: 'they await a value and get none',
    fix: 'keep answering, or make {next}',
    check: isRemoved,
  },
]);
