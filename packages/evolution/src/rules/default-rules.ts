/** Rules of defaults: what is taken for what a caller leaves out. */
import { isSame } from '../document/canonical-json';
import { isAdded, isKept, isRemoved, rulesOn } from './rule';

export const DEFAULT_RULES = rulesOn('default', [
  {
    id: 'DEFAULT_CHANGED',
    purpose: 'The value that is taken for what a caller leaves out differs.',
    severity: { semantic: 'error' },
    hurts: 'old clients',
    bump: 'major',
    example: 'n = 10 → n = 50',
    harm: 'calls without `{name}` mean something else',
    fix: 'keep the default, or make {next}',
    check: (pair) => isKept(pair) && !isSame(pair.before, pair.after),
  },
  {
    id: 'DEFAULT_ADDED',
    purpose: 'A value is now taken where there was none.',
    severity: { semantic: 'warn' },
    hurts: 'old clients',
    bump: 'minor',
    example: 'n? → n = 10',
    harm: 'calls without `{name}` may mean something else',
    fix: 'make sure that the default is what was done without it',
    check: isAdded,
  },
  {
    id: 'DEFAULT_REMOVED',
    purpose: 'No value is taken any more where there was one.',
    severity: { semantic: 'warn' },
    hurts: 'old clients',
    bump: 'minor',
    example: 'n = 10 → n?',
    harm: 'calls without `{name}` may mean something else',
    fix: 'make sure that what is done without it is what the default did',
    check: isRemoved,
  },
]);
