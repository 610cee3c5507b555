/** Every rule, by id and by kind of observation. */

import { ARGUMENT_RULES } from '../rules/argument-rules';
import { DEFAULT_RULES } from '../rules/default-rules';
import { DEPRECATION_RULES } from '../rules/discipline/deprecation-rules';
import { SINCE_RULES } from '../rules/discipline/since-rules';
import { SNAPSHOT_RULES } from '../rules/discipline/snapshot-rules';
import { VERSION_RULES } from '../rules/discipline/version-rules';
import { ENDPOINT_RULES } from '../rules/endpoint-rules';
import { ERROR_RULES } from '../rules/error-rules';
import { INPUT_TYPE_RULES } from '../rules/input-type-rules';
import { INPUT_VALUE_RULES } from '../rules/input-value-rules';
import { METHOD_RULES } from '../rules/method-rules';
import { OUTPUT_RULES } from '../rules/output-rules';
import { RESULT_RULES } from '../rules/result-rules';
import type { AnyRule } from '../rules/rule';
import { TYPE_RULES } from '../rules/type-rules';
import { LINT_KINDS, type ObservationKind, TOOL_KINDS } from '../walk/observation';

/** Every rule of the catalogue, by family. */
export const RULES: readonly AnyRule[] = [
  ...ENDPOINT_RULES,
  ...VERSION_RULES,
  ...SINCE_RULES,
  ...METHOD_RULES,
  ...ARGUMENT_RULES,
  ...DEFAULT_RULES,
  ...INPUT_TYPE_RULES,
  ...INPUT_VALUE_RULES,
  ...OUTPUT_RULES,
  ...TYPE_RULES,
  ...RESULT_RULES,
  ...ERROR_RULES,
  ...DEPRECATION_RULES,
  ...SNAPSHOT_RULES,
];

/** The input of a rule: `diff` compares two contracts, `lint` reads one contract, `tool` needs more than contracts. */
export type Scope = 'diff' | 'lint' | 'tool';

/** Returns the scope of a rule. */
export function scopeOf(rule: AnyRule): Scope {
  if (LINT_KINDS.has(rule.on)) return 'lint';
  return TOOL_KINDS.has(rule.on) ? 'tool' : 'diff';
}

const BY_ID = new Map(RULES.map((rule) => [rule.id, rule]));
const BY_KIND = new Map<ObservationKind, AnyRule[]>();
for (const rule of RULES) BY_KIND.set(rule.on, [...(BY_KIND.get(rule.on) ?? []), rule]);

/** Returns the rule with an id; `undefined` if the catalogue has no such rule. */
export function ruleOf(id: string): AnyRule | undefined {
  return BY_ID.get(id);
}

/** Returns the rules that check a kind of observation. */
export function rulesOf(kind: ObservationKind): readonly AnyRule[] {
  return BY_KIND.get(kind) ?? [];
}
