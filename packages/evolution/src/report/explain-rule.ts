/** What a rule is for, in words; and the catalogue as a list. */
import { RULES, ruleOf, scopeOf } from '../catalogue/catalogue';
import type { AnyRule } from '../rules/rule';

const SCOPES = { diff: 'compares two contracts', lint: 'looks at one contract', tool: 'belongs to the command' } as const;

/** What a rule finds, why that matters, an example and the remedy. `undefined` if there is no such rule. */
export function explainRule(id: string): string | undefined {
  const rule = ruleOf(id);
  if (rule === undefined) return undefined;
  const rows = [
    ['what', rule.purpose],
    ['severity', severityText(rule)],
    ['hurts', rule.harm === '' ? 'nobody' : `${rule.hurts}: ${generic(rule.harm)}`],
    ['may cost', rule.bump === 'none' ? 'nothing' : `a ${rule.bump} version`],
    ['example', rule.example],
    ['remedy', generic(rule.fix)],
  ];
  const lines = rows.map(([label, text]) => `  ${label!.padEnd(9)} ${text}`);
  return `${rule.id}   (${SCOPES[scopeOf(rule)]})\n${lines.join('\n')}\n`;
}

/** The whole catalogue, a line a rule: id, severities, purpose. */
export function listRules(): string {
  const width = Math.max(...RULES.map(({ id }) => id.length));
  return RULES.map((rule) => `${rule.id.padEnd(width)}  ${severityText(rule).padEnd(38)}  ${rule.purpose}\n`).join('');
}

function severityText({ severity }: AnyRule): string {
  return Object.entries(severity)
    .map(([category, level]) => `${category} ${level}`)
    .join(', ');
}

/** A template without a finding to fill it from. */
function generic(template: string): string {
  return template
    .replaceAll('`{name}`', 'it')
    .replaceAll('{name}', 'it')
    .replaceAll('{next}', 'the next major')
    .replaceAll('{now}', 'the new version');
}
