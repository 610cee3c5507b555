/** Rules of default values. */
import { isSame } from '../document/canonical-json';
import { isAdded, isKept, isRemoved, rulesOn } from './rule';

/** The rules of defaults. */
export const DEFAULT_RULES = rulesOn('default', [
  {
    id: 'DEFAULT_CHANGED',
    purpose: 'The default value of an argument or field changed.',
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
    purpose: 'A default value was added.',
    severity: { semantic: 'warn' },
    hurts: 'old clients',
    bump: 'minor',
    example: 'n? → n = 10',
    harm: 'calls without `{name}` may mean something else',
    fix: 'make sure that the default equals the former behaviour without a value',
    check: isAdded,
  },
  {
    id: 'DEFAULT_REMOVED',
    purpose: 'A default value was removed.',
    severity: { semantic: 'warn' },
    hurts: 'old clients',
    bump: 'minor',
    example: 'n = 10 → n?',
    harm: 'calls without `{name}` may mean something else',
    fix: 'make sure that calls without a value still behave as with the former default',
    check: isRemoved,
  },
]);
