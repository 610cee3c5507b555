/** What a new contract file says that the old one did not, in a few lines. */
import { type ContractDocument } from '@concord-rpc/core';
import { checkFreshness, diff, type Finding, fragmentText, ruleOf } from '@concord-rpc/evolution';

/** The sums of a contract, in a line. */
export function countsOf({ endpoints, types = {} }: ContractDocument): string {
  const methods = Object.values(endpoints).flatMap((endpoint) => Object.values(endpoint.methods));
  const args = methods.flatMap((method) => method.args ?? []);
  const counts = [
    counted(Object.keys(endpoints).length, 'endpoint'),
    counted(methods.length, 'method'),
    counted(args.length, 'argument'),
    counted(Object.keys(types).length, 'type'),
  ];
  return counts.join(' · ');
}

/** What changed, by endpoint, a line a change. */
export function changesText(before: ContractDocument, after: ContractDocument): string {
  const { findings } = diff(before, after);
  const keys = [...new Set([...Object.keys(before.endpoints), ...Object.keys(after.endpoints)])].sort();
  return keys
    .map((key) => {
      const own = findings.filter(({ endpoints }) => endpoints.includes(key));
      const lines = [...new Map(own.filter(isChange).map((finding) => [finding.path, lineOf(finding, key)])).values()];
      const [from, to] = [before.endpoints[key]?.version ?? 'new', after.endpoints[key]?.version ?? 'gone'];
      if (lines.length === 0 && from === to) return '';
      return `  ${key}  ${from === to ? to : `${from} → ${to}`}\n${lines.map((line) => `    ${line}\n`).join('')}`;
    })
    .join('');
}

/** What is not the same in the code and in the committed file, a line a thing. */
export function stalenessText(committed: ContractDocument, code: ContractDocument): string {
  const changes = changesText(committed, code);
  if (changes !== '') return changes;
  return checkFreshness(committed, code)
    .findings.map(({ path }) => `  ${path}  is described otherwise\n`)
    .join('');
}

/** Rules that judge a claim say nothing of what changed; whatever they are about is told by another. */
function isChange({ rule, before, after, path }: Finding): boolean {
  return !/^(SINCE_|MINOR_|MAJOR_|WIDENED_)/.test(rule) && !path.includes('#') && (before !== undefined || after !== undefined);
}

function lineOf({ path, before, after, rule }: Finding, key: string): string {
  const place = path.startsWith(`${key}/`) ? path.slice(key.length + 1) : path.replace(/^types\//, '');
  if (path === key) return `${before === undefined ? '+' : after === undefined ? '-' : '~'} ${ruleOf(rule)!.purpose}`;
  if (before === undefined) return `+ ${place}  ${fragmentText(after)}`;
  if (after === undefined) return `- ${place}  ${fragmentText(before)}`;
  return `~ ${place}  ${fragmentText(before)} → ${fragmentText(after)}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
