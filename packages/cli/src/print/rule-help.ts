/** The texts of `--rules` and `--explain`. */
import { explainRule, listRules, RULES, ruleOf } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { didYouMean } from '../console/did-you-mean';
import type { ReportOptions } from '../inputs/report-options';

/**
 * Returns the text that `--rules` or `--explain` asks for; `undefined` without these options.
 *
 * @throws CommandFailure if the rule is unknown.
 */
export function ruleHelp({ explain, rules }: ReportOptions): string | undefined {
  if (rules === true) return listRules();
  if (explain === undefined) return undefined;
  const found = ruleOf(explain) ?? ruleOf(explain.toUpperCase());
  if (found !== undefined) return explainRule(found.id);
  const ids = RULES.map(({ id }) => id);
  throw new CommandFailure(
    `rule ${explain} does not exist${didYouMean(explain, ids)}`,
    'list the rules: npx @concord-rpc/cli contract check --rules',
  );
}
