/** Suggests edits of sources that resolve findings, for the rules whose fix is one decorator. */
import type { ContractDocument } from '@concord-rpc/core';
import type { VersionMark } from '@concord-rpc/core/engine';
import { type Finding, nextMinor } from '@concord-rpc/evolution';
import type { ContractSource, SourceElement } from '../reading/class-source';
import type { ContractSources } from '../reading/source-docs';
import { textsOf } from '../reading/source-positions';
import { decorate, decoratorOf, importName, markOptional, replaceDecorator, setOption } from './decorator-edits';
import type { Edit } from './edit';

/** The findings to resolve, with the contract and its sources. */
export interface SuggestionQuestion {
  readonly findings: readonly Finding[];
  /** The contract of the code. */
  readonly code: ContractDocument;
  readonly sources: ContractSources;
}

/** A finding and the edits that resolve it. */
export interface Suggestion {
  readonly finding: Finding;
  readonly edits: readonly Edit[];
}

/** The input of a suggestion. */
interface SuggestionInput {
  readonly finding: Finding;
  readonly target: EditTarget;
  /** Returns the version in which new elements of an endpoint are released. */
  readonly versionOf: (key: string) => string;
  readonly textOf: (file: string) => string;
}

/** The declaration in the sources that a path names. */
interface EditTarget {
  readonly kind: 'endpoint' | 'method' | 'argument' | 'field' | 'value';
  readonly element: SourceElement;
  /** The added enum value of a field, as source text. */
  readonly value?: string;
}

type Suggest = (input: SuggestionInput) => readonly Edit[];

const markNew: Suggest = (input) => setSince(input, newSince(input));
const markNewAndOptional: Suggest = (input) => [...markNew(input), ...makeOptional(input)];
const restoreSince: Suggest = (input) => setSince(input, quoted(String(input.finding.before ?? '')));

/** The suggestion of each rule, by its name. Other rules have none. */
const SUGGESTIONS: Readonly<Record<string, Suggest>> = {
  SINCE_MISSING: markNew,
  SINCE_BACKDATED: markNew,
  ARG_ADDED_REQUIRED: markNewAndOptional,
  IN_FIELD_ADDED_REQUIRED: markNewAndOptional,
  SINCE_RAISED: restoreSince,
  SINCE_LOWERED: restoreSince,
  SINCE_REMOVED: restoreSince,
  MINOR_BUMP_MISSING: ({ finding, target, versionOf }) => raiseVersion(target, versionOf(finding.path)),
  ONE_WAY_ARG_ADDED: (input) => setSince(input, newSince(input), 'droppable: true'),
};

/** Returns suggestions in the order of the findings. A finding whose fix needs a decision has no suggestion. */
export function suggestionsFor({ findings, code, sources }: SuggestionQuestion): readonly Suggestion[] {
  const textOf = textsOf();
  const grown = new Set(findings.filter(({ rule }) => rule === 'MINOR_BUMP_MISSING').map(({ path }) => path));
  const versionOf = (key: string) => {
    const version = code.endpoints[key]!.version;
    return grown.has(key) ? nextMinor(version) : version;
  };
  return findings.flatMap((finding) => {
    const target = Object.hasOwn(SUGGESTIONS, finding.rule) ? targetOf(finding.path, sources, code) : undefined;
    const edits = target === undefined ? [] : SUGGESTIONS[finding.rule]!({ finding, target, versionOf, textOf });
    return edits.length === 0 ? [] : [{ finding, edits }];
  });
}

function raiseVersion({ element }: EditTarget, version: string): readonly Edit[] {
  const endpoint = decoratorOf(element, 'Endpoint');
  return endpoint === undefined ? [] : setOption(endpoint, 'version', quoted(version));
}

/** Makes an argument or field optional, so that older callers can omit it. */
function makeOptional({ target: { kind, element }, textOf }: SuggestionInput): readonly Edit[] {
  const { file, end } = element.nameRange;
  const text = textOf(file);
  const mark = text[end] === '?' ? [] : markOptional(element, text);
  if (kind !== 'field' || decoratorOf(element, 'IsOptional') !== undefined) return mark;
  return [...mark, ...decorate(element, '@IsOptional()'), ...importName(file, text, 'IsOptional', 'class-validator')];
}

/** Sets the version since which an element exists: in `@RpcMethod` for a method, `@ValuesSince` for a value, `@Since` for others. */
function setSince({ target, textOf }: SuggestionInput, version: string, more?: string): readonly Edit[] {
  const { kind, element, value } = target;
  const { file } = element.nameRange;
  if (kind === 'endpoint') return [];
  if (kind === 'method') {
    const method = decoratorOf(element, 'RpcMethod');
    return method === undefined ? [] : setOption(method, 'since', version);
  }
  const add = (name: string, text: string) => [...decorate(element, text), ...importName(file, textOf(file), name)];
  if (value !== undefined) return add('ValuesSince', `@ValuesSince(${version}, [${value}])`);
  const text = `@Since(${version}${more === undefined ? '' : `, { ${more} }`})`;
  const known = decoratorOf(element, 'Since');
  if (known !== undefined && (known.argumentCount === 1 || more !== undefined)) return replaceDecorator(known, text);
  if (known !== undefined) return []; // its options are the user's; do not overwrite them
  return add('Since', text);
}

/** Returns the version as source text; an object of versions by endpoint name if several endpoints share the type. */
function newSince({ finding, versionOf }: SuggestionInput): string {
  const [first, ...others] = finding.endpoints;
  if (others.length === 0) return quoted(versionOf(first!));
  const since: VersionMark = Object.fromEntries(finding.endpoints.map((key) => [key.split('@')[0]!, versionOf(key)]));
  return `{ ${Object.entries(since)
    .map(([name, version]) => `${name}: ${quoted(version)}`)
    .join(', ')} }`;
}

function targetOf(path: string, sources: ContractSources, code: ContractDocument): EditTarget | undefined {
  const type = /^types\/([^.[{=|]+)\.([^.[{=|]+)(?:=(.+))?$/.exec(path);
  if (type !== null) return fieldOf([...sources.values()], type[1]!, type[2]!, type[3]);
  const [key = '', method, part, name] = path.split('/');
  const contract = sources.get(key)?.contract;
  if (contract === undefined) return undefined;
  if (method === undefined) return { kind: 'endpoint', element: contract };
  const source = contract.methods.get(method);
  if (source === undefined || part === undefined) return source && { kind: 'method', element: source };
  const index = code.endpoints[key]?.methods[method]?.args?.findIndex((arg) => arg.name === name) ?? -1;
  const parameter = part === 'args' ? source.parameters[index] : undefined;
  return parameter && { kind: 'argument', element: parameter };
}

function fieldOf(
  sources: readonly ContractSource[],
  type: string,
  field: string,
  value: string | undefined,
): EditTarget | undefined {
  const element = sources.map(({ types }) => types.get(type)?.fields.get(field)).find((found) => found !== undefined);
  if (element === undefined) return undefined;
  return value === undefined ? { kind: 'field', element } : { kind: 'value', element, value: quoted(value) };
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
