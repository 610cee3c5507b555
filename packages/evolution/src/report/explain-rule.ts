/** Describes one rule, or lists the catalogue. */
import { RULES, ruleOf, scopeOf } from '../catalogue/catalogue';
import type { AnyRule } from '../rules/rule';

const SCOPES = { diff: 'compares two contracts', lint: 'checks one contract', tool: 'belongs to the command' } as const;

/** Returns the purpose, severities, effect, example and remedy of a rule; `undefined` if there is no such rule. */
export function explainRule(id: string): string | undefined {
  const rule = ruleOf(id);
  if (rule === undefined) return undefined;
  const rows = [
    ['what', rule.purpose],
    ['severity', severityText(rule)],
    ['hurts', rule.harm === '' ? 'no client' : `${rule.hurts}: ${generic(rule.harm)}`],
    ['bump', rule.bump === 'none' ? 'none' : `a ${rule.bump} version`],
    ['example', rule.example],
    ['remedy', generic(rule.fix)],
  ];
  const lines = rows.map(([label, text]) => `  ${label!.padEnd(9)} ${text}`);
  return `${rule.id}   (${SCOPES[scopeOf(rule)]})\n${lines.join('\n')}\n`;
}

/** Lists the catalogue, one rule per line: id, severities, purpose. */
export function listRules(): string {
  const width = Math.max(...RULES.map(({ id }) => id.length));
  return RULES.map((rule) => `${rule.id.padEnd(width)}  ${severityText(rule).padEnd(38)}  ${rule.purpose}\n`).join('');
}

function severityText({ severity }: AnyRule): string {
  return Object.entries(severity)
    .map(([category, level]) => `${category} ${level}`)
    .join(', ');
}

/** Fills a template with general words, where there is no finding. */
function generic(template: string): string {
  return template
    .replaceAll('`{name}`', 'it')
    .replaceAll('{name}', 'it')
    .replaceAll('{next}', 'the next major')
    .replaceAll('{now}', 'the new version')
    .replaceAll('{release}', 'KEY:VERSION');
}
