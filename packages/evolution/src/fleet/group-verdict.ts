/** Combines verdicts on calls that may reach any server of a group, or all of them. */
import type { Outcome, Verdict } from './pair-verdict';

/**
 * The form of a call's subject. `versioned`: it names the minor that the call needs, so only servers with this minor are
 * subscribed.
 */
export type SubjectForm = 'versioned' | 'plain';

/** A server of a group: whether it serves the needed version, and the verdict on the calls. */
export interface Member {
  readonly servesNeeded: boolean;
  readonly verdict: Verdict;
}

const WORST_LAST: readonly Outcome[] = ['not-called', 'ok', 'degrade', 'reject', 'no-endpoint', 'break'];

/** Returns the worse of two verdicts. The rules of both are joined. */
export function worseOf(a: Verdict, b: Verdict): Verdict {
  const [better, worse] = WORST_LAST.indexOf(a.outcome) < WORST_LAST.indexOf(b.outcome) ? [a, b] : [b, a];
  return { ...worse, rules: [...new Set([...worse.rules, ...better.rules])].sort() };
}

/**
 * Returns the verdict on calls to a group. With versioned subjects the worst member that serves the needed version decides. The
 * worst of all members decides if no member serves it, if subjects are plain, or if every member receives the message (fanout).
 */
export function groupVerdict(members: readonly Member[], subjects: SubjectForm, isFanout: boolean): Verdict {
  const serving = members.filter(({ servesNeeded }) => servesNeeded);
  const deciding = subjects === 'versioned' && !isFanout && serving.length > 0 ? serving : members;
  const noServer: Verdict = { outcome: 'no-endpoint', needs: undefined, rules: [] };
  return deciding.length === 0 ? noServer : deciding.map(({ verdict }) => verdict).reduce(worseOf);
}
