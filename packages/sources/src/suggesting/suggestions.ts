/** What to write in sources so that findings go away: edits for the rules whose remedy is one decorator. */
import { type ContractDocument, type VersionMark } from '@concord-rpc/core';
import { type Finding, nextMinor } from '@concord-rpc/evolution';
import type { ContractSource, SourceElement } from '../reading/class-source';
import { decorate, decoratorOf, importName, markOptional, replaceDecorator, setOption } from '../reading/decorating';
import type { ContractSources } from '../reading/source-docs';
import { textsOf } from '../reading/source-places';
import type { Edit } from './edit';

/** What suggestions are made from. */
export interface SuggestionQuestion {
  readonly findings: readonly Finding[];
  /** The contract of the code. */
  readonly code: ContractDocument;
  readonly sources: ContractSources;
}

/** A finding and the edits that end it. */
export interface Suggestion {
  readonly finding: Finding;
  readonly edits: readonly Edit[];
}

/** What a maker of edits knows. */
interface Making {
  readonly finding: Finding;
  readonly target: Target;
  /** The version that something new has, of each endpoint. */
  readonly versionOf: (key: string) => string;
  readonly textOf: (file: string) => string;
}

/** What a path stands for in the sources. */
interface Target {
  readonly kind: 'endpoint' | 'method' | 'argument' | 'field' | 'value';
  readonly element: SourceElement;
  /** An added value of a field. */
  readonly value?: string;
}

type Maker = (making: Making) => readonly Edit[];

const sayNew: Maker = (making) => saySince(making, newSince(making));
const sayNewAndOptional: Maker = (making) => [...sayNew(making), ...makeOptional(making)];
const sayAgain: Maker = (making) => saySince(making, quoted(String(making.finding.before ?? '')));

/** Rules whose remedy is mechanical. */
const MAKERS: Readonly<Record<string, Maker>> = {
  SINCE_MISSING: sayNew,
  SINCE_BACKDATED: sayNew,
  ARG_ADDED_REQUIRED: sayNewAndOptional,
  IN_FIELD_ADDED_REQUIRED: sayNewAndOptional,
  SINCE_RAISED: sayAgain,
  SINCE_LOWERED: sayAgain,
  SINCE_REMOVED: sayAgain,
  MINOR_BUMP_MISSING: ({ finding, target, versionOf }) => raiseVersion(target, versionOf(finding.path)),
  ONE_WAY_ARG_ADDED: (making) => saySince(making, newSince(making), 'droppable: true'),
};

/** Suggestions for findings, in their order; none for those that want a decision. */
export function suggestionsFor({ findings, code, sources }: SuggestionQuestion): readonly Suggestion[] {
  const textOf = textsOf();
  const grown = new Set(findings.filter(({ rule }) => rule === 'MINOR_BUMP_MISSING').map(({ path }) => path));
  const versionOf = (key: string) => {
    const version = code.endpoints[key]!.version;
    return grown.has(key) ? nextMinor(version) : version;
  };
  return findings.flatMap((finding) => {
    const target = Object.hasOwn(MAKERS, finding.rule) ? targetOf(finding.path, sources, code) : undefined;
    const edits = target === undefined ? [] : MAKERS[finding.rule]!({ finding, target, versionOf, textOf });
    return edits.length === 0 ? [] : [{ finding, edits }];
  });
}

function raiseVersion({ element }: Target, version: string): readonly Edit[] {
  const endpoint = decoratorOf(element, 'Endpoint');
  return endpoint === undefined ? [] : setOption(endpoint, 'version', quoted(version));
}

/** Lets callers that do not know it leave it out. */
function makeOptional({ target: { kind, element }, textOf }: Making): readonly Edit[] {
  const text = textOf(element.place.file);
  const mark = text[element.place.end] === '?' ? [] : markOptional(element, text);
  if (kind !== 'field' || decoratorOf(element, 'IsOptional') !== undefined) return mark;
  return [
    ...mark,
    ...decorate(element, '@IsOptional()'),
    ...importName(element.place.file, text, 'IsOptional', 'class-validator'),
  ];
}

/** States the version of a method in `@RpcMethod`, of a value in `@ValuesSince`, and of anything else in `@Since`. */
function saySince({ target, textOf }: Making, version: string, more?: string): readonly Edit[] {
  const { kind, element, value } = target;
  if (kind === 'endpoint') return [];
  if (kind === 'method') {
    const method = decoratorOf(element, 'RpcMethod');
    return method === undefined ? [] : setOption(method, 'since', version);
  }
  if (value !== undefined) return add(element, 'ValuesSince', `@ValuesSince(${version}, [${value}])`, textOf);
  const text = `@Since(${version}${more === undefined ? '' : `, { ${more} }`})`;
  const known = decoratorOf(element, 'Since');
  if (known !== undefined && (known.given === 1 || more !== undefined)) return replaceDecorator(known, text);
  if (known !== undefined) return []; // it says more than a version: that is not ours to write anew
  return add(element, 'Since', text, textOf);
}

function add(element: SourceElement, name: string, text: string, textOf: Making['textOf']): readonly Edit[] {
  return [...decorate(element, text), ...importName(element.place.file, textOf(element.place.file), name)];
}

/** A version as source text: of a type that endpoints share, one for each. */
function newSince({ finding, versionOf }: Making): string {
  const [first, ...others] = finding.endpoints;
  if (others.length === 0) return quoted(versionOf(first!));
  const since: VersionMark = Object.fromEntries(finding.endpoints.map((key) => [key.split('@')[0]!, versionOf(key)]));
  return `{ ${Object.entries(since)
    .map(([name, version]) => `${name}: ${quoted(version)}`)
    .join(', ')} }`;
}

function targetOf(path: string, sources: ContractSources, code: ContractDocument): Target | undefined {
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

function fieldOf(sources: readonly ContractSource[], type: string, field: string, value: string | undefined): Target | undefined {
  const element = sources.map(({ types }) => types.get(type)?.fields.get(field)).find((found) => found !== undefined);
  if (element === undefined) return undefined;
  return value === undefined ? { kind: 'field', element } : { kind: 'value', element, value: quoted(value) };
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
