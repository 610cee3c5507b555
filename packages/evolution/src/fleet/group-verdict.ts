/** What happens to calls that may land on any of several servers, or on all of them. */
import type { Outcome, Verdict } from './pair-verdict';

/** Whether the subject of a call names the minor that it needs, so that only servers that have it listen. */
export type SubjectForm = 'versioned' | 'plain';

/** A server of a group: its version, and what it does with the calls. */
export interface Member {
  readonly isOldEnough: boolean;
  readonly verdict: Verdict;
}

const WORST_LAST: readonly Outcome[] = ['not-called', 'ok', 'degrade', 'reject', 'no-endpoint', 'break'];

/** The worse of two verdicts; of breaks, with the rules of both. */
export function worseOf(a: Verdict, b: Verdict): Verdict {
  const [better, worse] = WORST_LAST.indexOf(a.outcome) < WORST_LAST.indexOf(b.outcome) ? [a, b] : [b, a];
  return { ...worse, rules: [...new Set([...worse.rules, ...better.rules])].sort() };
}

/**
 * What happens to calls of a group. With versioned subjects only members that serve the needed version listen, and the worst of those
 * decides; if there are none, or with plain subjects, or where every member hears (fanout), the worst of all does.
 */
export function groupVerdict(members: readonly Member[], subjects: SubjectForm, isFanout: boolean): Verdict {
  const serving = members.filter(({ isOldEnough }) => isOldEnough);
  const deciding = subjects === 'versioned' && !isFanout && serving.length > 0 ? serving : members;
  const nobody: Verdict = { outcome: 'no-endpoint', needs: undefined, rules: [] };
  return deciding.length === 0 ? nobody : deciding.map(({ verdict }) => verdict).reduce(worseOf);
}
