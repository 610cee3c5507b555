/** Which cases of clients, deliveries and servers differ, and for which reason. */
import type { Reason } from './differences';

/** By reason, from each section. */
const BY_REASON = {
  'target-by-contract': ['p003', 'p008', 'p013', 'p014', 'p015', 'p021', 'p031', 'p045', 'p071', 'l016', 'l043', 'l046'],
  'no-version': ['p029', 'p030'],
  'no-topic': ['p011', 'p012', 'l018', 'l020', 'l028', 'l036'],
  'timeout-range': ['p062'],
  retry: ['p065'],
  'empty-text': ['l012'],
  'fanout-flag': ['l014', 'l040', 'l041'],
  'argument-names': ['l051', 'l052'],
  'driver-error': ['l055', 'l059'],
  executor: ['l073'],
  'absent-server': ['y010', 'y029'],
  'exchange-isolation': ['y020', 'y024', 'y025', 'y028'],
  'short-monitor': ['m004'],
  'watchdog-leak': ['m012'],
  wait: ['s003'],
  reset: ['s006'],
  pool: ['s008'],
} as const satisfies Partial<Record<Reason, readonly string[]>>;

/** The reason for each case that differs. */
export const DIFFERING: Readonly<Record<string, Reason>> = Object.fromEntries(
  Object.entries(BY_REASON).flatMap(([reason, ids]) => ids.map((id) => [id, reason as Reason])),
);
