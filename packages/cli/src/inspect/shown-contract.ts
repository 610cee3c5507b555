/** The contract of an interface as the page shows it: texts of its methods, and the changes of each version. */
import type { ContractDocument } from '@concord-rpc/core';
import { formatVersion, type MethodDocument, parseVersion } from '@concord-rpc/core/engine';
import { argumentText, contractAt, diff, methodText, typeText } from '@concord-rpc/evolution';
import type { ContractChange, MethodTexts, ShownContract } from '@concord-rpc/inspector';
import type { LiveContract } from '../live/live-contract';
import { changesOf } from '../print/contract-changes';
import { versionCounts } from '../views/contract-view';

/** Versions whose changes are listed, the newest. */
const MOST_VERSIONS = 50;
const KINDS = { '+': 'added', '-': 'removed', '~': 'changed' } as const;

/** Returns what the page shows of an interface. */
export function shownContract(live: LiveContract): ShownContract {
  const { key, document, address } = live;
  const { methods } = document.endpoints[key]!;
  return {
    endpoint: key,
    topic: `${address.exchange}/${address.topic}`,
    document,
    versions: versionCounts(live),
    methods: Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, textsOf(name, method)])),
    history: historyOf(document, key),
  };
}

function textsOf(name: string, method: MethodDocument): MethodTexts {
  const { args = [], returns, errors = {} } = method;
  return {
    signature: methodText(method, name),
    args: args.map(argumentText),
    result: returns ? typeText(returns) : 'nothing',
    errors: Object.entries(errors).map(([code, { data }]) => (data === undefined ? code : `${code} ${typeText(data)}`)),
  };
}

/** The changes of each minor, newest first: what the contract at this minor has that the one before has not. */
function historyOf(document: ContractDocument, key: string): ShownContract['history'] {
  const { major, minor: newest } = parseVersion(document.endpoints[key]!.version);
  const minors = Array.from({ length: Math.min(newest + 1, MOST_VERSIONS) }, (_, index) => newest - index);
  return minors.map((minor) => {
    const version = { major, minor };
    const after = contractAt(document, key, version)!;
    const before = minor === 0 ? undefined : contractAt(document, key, { major, minor: minor - 1 });
    const text = formatVersion(version);
    return { version: text, changes: [...changesBetween(before, after, key), ...deprecatedBy(document, key, text)] };
  });
}

function changesBetween(before: ContractDocument | undefined, after: ContractDocument, key: string): readonly ContractChange[] {
  if (before === undefined) {
    const methods = Object.entries(after.endpoints[key]!.methods);
    return methods.map(([name, method]) => ({ kind: 'added', element: name, text: methodText(method) }));
  }
  return changesOf(diff(before, after).findings, key)
    .filter(({ element }) => element !== '')
    .map(({ kind, ...change }) => ({ kind: KINDS[kind], ...change }));
}

/** The methods and arguments that a version deprecated. */
function deprecatedBy(document: ContractDocument, key: string, version: string): readonly ContractChange[] {
  return Object.entries(document.endpoints[key]!.methods).flatMap(([name, { deprecated, args = [] }]) => {
    const parts = [{ element: name, deprecated }, ...args.map((arg) => ({ element: `${name}/args/${arg.name}`, ...arg }))];
    return parts
      .filter((part) => part.deprecated?.since === version)
      .map((part): ContractChange => {
        const { removeIn, use, why } = part.deprecated!;
        const facts = [use && `use ${use}`, removeIn && `removed in ${removeIn}`, why].filter(Boolean);
        return { kind: 'deprecated', element: part.element, text: facts.join('; ') };
      });
  });
}
