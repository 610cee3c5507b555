/** The result of a comparison or a check: findings, and the endpoints and rules that were checked. */

import type { Coverage } from './coverage';
import type { Finding } from './finding';
import { mergeFindings } from './finding';

/** The result of a comparison or a check. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  /** The breaking changes of new majors. They are allowed, so they are not findings. */
  readonly permitted: readonly Finding[];
  /** The rules that ran, by endpoint. */
  readonly ran: Readonly<Record<string, readonly string[]>>;
  readonly lookedAt: Coverage;
}

/** Joins the findings of single endpoints into one result. `rules` ran on each of them. */
export function gatherFindings(
  inspected: readonly { readonly key: string; readonly findings: readonly Finding[] }[],
  rules: readonly string[],
  lookedAt: Coverage,
  permitted: readonly Finding[] = [],
): CheckResult {
  const ran = Object.fromEntries(inspected.map(({ key }) => [key, rules]));
  return { findings: mergeFindings(inspected.flatMap(({ findings }) => findings)), permitted, ran, lookedAt };
}

/** Joins the results of several checks of the same contracts. */
export function joinFindings(...parts: readonly CheckResult[]): CheckResult {
  const most = (count: (lookedAt: Coverage) => number) => Math.max(0, ...parts.map(({ lookedAt }) => count(lookedAt)));
  const ran: Record<string, string[]> = {};
  for (const part of parts) {
    for (const [key, rules] of Object.entries(part.ran)) ran[key] = [...new Set([...(ran[key] ?? []), ...rules])].sort();
  }
  return {
    findings: mergeFindings(parts.flatMap(({ findings }) => findings)),
    permitted: parts.flatMap(({ permitted }) => permitted),
    ran,
    lookedAt: {
      endpoints: most(({ endpoints }) => endpoints),
      methods: most(({ methods }) => methods),
      types: most(({ types }) => types),
      releases: most(({ releases }) => releases),
      rules: parts.reduce((sum, { lookedAt }) => sum + lookedAt.rules, 0),
    },
  };
}
