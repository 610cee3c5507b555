/** Changes between two versions of a contract, one line per change. */
import type { ContractDocument } from '@concord-rpc/core';
import { checkFreshness, diff, type Finding, fragmentText, ruleOf } from '@concord-rpc/evolution';
import { counted } from '../console/plural';

/** The numbers of endpoints, methods, arguments and types of a contract, in one line. */
export function countsText({ endpoints, types = {} }: ContractDocument): string {
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

/** The changes by endpoint: its old and new version, then one line per change. Empty if no element changed. */
export function changesText(before: ContractDocument, after: ContractDocument): string {
  const { findings } = diff(before, after);
  const keys = [...new Set([...Object.keys(before.endpoints), ...Object.keys(after.endpoints)])].sort();
  return keys
    .map((key) => {
      const own = findings.filter(({ endpoints }) => endpoints.includes(key));
      const lines = [...new Map(own.filter(isChange).map((finding) => [finding.path, lineOf(finding, key)])).values()];
      const [from, to] = [before.endpoints[key]?.version ?? 'new', after.endpoints[key]?.version ?? 'removed'];
      if (lines.length === 0 && from === to) return '';
      return `  ${key}  ${from === to ? to : `${from} → ${to}`}\n${lines.map((line) => `    ${line}\n`).join('')}`;
    })
    .join('');
}

/** The differences between the committed file and the code, one line per difference. */
export function differencesText(committed: ContractDocument, code: ContractDocument): string {
  const changes = changesText(committed, code);
  if (changes !== '') return changes;
  return checkFreshness(committed, code)
    .findings.map(({ path }) => `  ${path}  has another description\n`)
    .join('');
}

/** Rules about versions and `since` marks report no change of their own; other rules report the changed element. */
function isChange({ rule, before, after, path }: Finding): boolean {
  return !/^(SINCE_|MINOR_|MAJOR_|WIDENED_)/.test(rule) && !path.includes('#') && (before !== undefined || after !== undefined);
}

function lineOf({ path, before, after, rule }: Finding, key: string): string {
  const element = path.startsWith(`${key}/`) ? path.slice(key.length + 1) : path.replace(/^types\//, '');
  if (path === key) return `${before === undefined ? '+' : after === undefined ? '-' : '~'} ${ruleOf(rule)!.purpose}`;
  if (before === undefined) return `+ ${element}  ${fragmentText(after)}`;
  if (after === undefined) return `- ${element}  ${fragmentText(before)}`;
  return `~ ${element}  ${fragmentText(before)} → ${fragmentText(after)}`;
}
