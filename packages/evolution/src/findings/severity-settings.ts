/** The severity of findings: the profile, and the settings of a project for a rule or for a rule in an endpoint. */
import type { AnyRule, Category, Severity } from '../rules/rule';

/** The categories that count. */
export type Profile = 'wire' | 'wire+semantic' | 'all';

/** Settings of severities. Without settings every category counts, with the severities of the catalogue. */
export interface SeveritySettings {
  readonly profile?: Profile;
  /** Severities by rule, or by `Name@major` and rule. `off` disables a rule. */
  readonly rules?: Readonly<Record<string, Severity | 'off'>>;
  readonly endpoints?: Readonly<Record<string, Readonly<Record<string, Severity | 'off'>>>>;
}

/** The categories of each profile. */
export const PROFILES: Readonly<Record<Profile, readonly Category[]>> = {
  wire: ['wire'],
  'wire+semantic': ['wire', 'semantic'],
  all: ['wire', 'source', 'semantic'],
};

const WORST_FIRST: readonly Severity[] = ['error', 'warn', 'info'];

/** Returns the severity of a rule's findings in an endpoint; `undefined` if the rule is disabled. */
export function severityOf(rule: AnyRule, endpoint: string, settings: SeveritySettings): Severity | undefined {
  const categories = PROFILES[settings.profile ?? 'all'];
  const enabled = categories.map((category) => rule.severity[category]);
  const worst = WORST_FIRST.find((severity) => enabled.includes(severity));
  const set = settings.endpoints?.[endpoint]?.[rule.id] ?? settings.rules?.[rule.id];
  if (worst === undefined || set === 'off') return undefined;
  return set ?? worst;
}
