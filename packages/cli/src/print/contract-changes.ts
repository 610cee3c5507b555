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

/** One change of an element of a contract. */
export interface ElementChange {
  readonly kind: '+' | '-' | '~';
  /** The element below its endpoint, or the type; empty for the endpoint itself. */
  readonly element: string;
  readonly text: string;
}

/** The changes by endpoint: its old and new version, then one line per change. Empty if no element changed. */
export function changesText(before: ContractDocument, after: ContractDocument): string {
  const { findings } = diff(before, after);
  const keys = [...new Set([...Object.keys(before.endpoints), ...Object.keys(after.endpoints)])].sort();
  return keys
    .map((key) => {
      const lines = changesOf(findings, key).map(lineOf);
      const [from, to] = [before.endpoints[key]?.version ?? 'new', after.endpoints[key]?.version ?? 'removed'];
      if (lines.length === 0 && from === to) return '';
      return `  ${key}  ${from === to ? to : `${from} → ${to}`}\n${lines.map((line) => `    ${line}\n`).join('')}`;
    })
    .join('');
}

/** The changes of one endpoint, one for each element. */
export function changesOf(findings: readonly Finding[], key: string): readonly ElementChange[] {
  const own = findings.filter((finding) => finding.endpoints.includes(key) && isChange(finding));
  return [...new Map(own.map((finding) => [finding.path, changeOf(finding, key)])).values()];
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

function changeOf({ path, before, after, rule }: Finding, key: string): ElementChange {
  const element = path.startsWith(`${key}/`) ? path.slice(key.length + 1) : path.replace(/^types\//, '');
  const kind = before === undefined ? '+' : after === undefined ? '-' : '~';
  if (path === key) return { kind, element: '', text: ruleOf(rule)!.purpose };
  const texts = [before, after].filter((fragment) => fragment !== undefined).map(fragmentText);
  return { kind, element, text: texts.join(' → ') };
}

function lineOf({ kind, element, text }: ElementChange): string {
  return element === '' ? `${kind} ${text}` : `${kind} ${element}  ${text}`;
}
