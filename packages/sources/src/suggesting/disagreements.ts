/** Where types and decorators say different things: what callers may write in TypeScript, and servers refuse; or the contrary. */
import { type ArgDocument, type ContractDocument, type SchemaDocument } from '@concord-rpc/core';
import type { ContractSource, Place, SourceClass, SourceField, SourceParameter } from '../reading/class-source';
import { decorate, decoratorOf, importName, markOptional, setOption } from '../reading/decorating';
import type { ContractSources } from '../reading/source-docs';
import { textsOf } from '../reading/source-places';
import type { Edit } from './edit';

/** One disagreement. */
export interface Disagreement {
  /** As findings name it: `Ports@1/list/args/host`, `types/Port.mtu`. */
  readonly path: string;
  readonly place: Place;
  readonly message: string;
  /** What to write. */
  readonly fix: string;
  /** The same as edits of the source; none where there is a choice. */
  readonly edits: readonly Edit[];
}

/** What a row looks at: something that the contract and the source both have. */
interface Subject<Contract, Source> {
  readonly said: Contract;
  readonly source: Source;
  readonly name: string;
  /** The text of the file. */
  readonly text: string;
}

interface Row<S extends { readonly source: SourceParameter | SourceField }> {
  holds(subject: S): boolean;
  message(subject: S): string;
  fix(subject: S): string;
  edits?(subject: S): readonly Edit[];
}

type Argument = Subject<ArgDocument, SourceParameter>;
type Field = Subject<{ readonly schema: SchemaDocument; readonly isRequired: boolean }, SourceField>;

const ARGUMENTS: readonly Row<Argument>[] = [
  {
    holds: ({ said, source }) => source.isOptional && source.initializer === undefined && isRequired(said),
    message: ({ name }) => `callers may leave ${name} out in TypeScript, and servers refuse calls without it`,
    fix: ({ source }) => `@Arg({ optional: true }) ${source.name}?: ${source.type.text}`,
    edits: ({ source, text }) => {
      const arg = decoratorOf(source, 'Arg');
      if (arg !== undefined) return setOption(arg, 'optional', 'true');
      return [...decorate(source, '@Arg({ optional: true })'), ...importName(source.place.file, text, 'Arg')];
    },
  },
  {
    holds: ({ said, source }) => !source.isOptional && !isRequired(said),
    message: ({ name }) => `calls without ${name} are served, and its type does not say so: handlers are given undefined`,
    fix: ({ source }) => `${source.name}?: ${source.type.text}`,
    edits: ({ source, text }) => markOptional(source, text),
  },
  {
    holds: ({ said, source }) =>
      source.name !== '' && // one that is taken apart has no name
      decoratorOf(source, 'Arg')?.options?.members.has('name') !== true &&
      said.name !== written(source),
    message: ({ name, source }) =>
      `it is called ${name} where the module was loaded and ${written(source)} in the source: a compiler renamed it`,
    fix: ({ source }) => `@Arg({ name: '${written(source)}' })`,
  },
  {
    holds: ({ said, source }) => isNarrower(source, said.schema),
    message: ({ name, source }) => narrowText(name, source),
    fix: ({ source }) => `@Arg({ enum: ${listText(source)} })`,
  },
];

const FIELDS: readonly Row<Field>[] = [
  {
    holds: ({ said, source }) => source.isOptional && said.isRequired,
    message: ({ name }) => `${name} may be left out in TypeScript, and values without it are refused`,
    fix: ({ source }) => `@IsOptional() ${source.name}?: ${source.type.text}`,
    edits: ({ source, text }) => [
      ...decorate(source, '@IsOptional()'),
      ...importName(source.place.file, text, 'IsOptional', 'class-validator'),
    ],
  },
  {
    holds: ({ said, source }) => !source.isOptional && !said.isRequired,
    message: ({ name }) => `values without ${name} are taken, and its type does not say so`,
    fix: ({ source }) => `${source.name}?: ${source.type.text}`,
    edits: ({ source, text }) => markOptional(source, text),
  },
  {
    holds: ({ said, source }) => isNarrower(source, said.schema),
    message: ({ name, source }) => narrowText(name, source),
    fix: ({ source }) => `@IsIn(${listText(source)})`,
  },
];

/** Every disagreement of a contract with its sources, in the order of the sources. */
export function disagreementsOf(snapshot: ContractDocument, sources: ContractSources): readonly Disagreement[] {
  const textOf = textsOf();
  const all = [...sources].flatMap(([key, source]) => [
    ...inMethods(snapshot, key, source, textOf),
    ...[...source.types].flatMap(([name, type]) => inType(snapshot, name, type, textOf)),
  ]);
  return [...new Map(all.map((each) => [`${each.path} ${each.message}`, each])).values()].sort(byPlace);
}

function inMethods(
  snapshot: ContractDocument,
  key: string,
  { contract }: ContractSource,
  textOf: (file: string) => string,
): Disagreement[] {
  return Object.entries(snapshot.endpoints[key]!.methods).flatMap(([method, { args = [] }]) =>
    args.flatMap((said, index) => {
      const source = contract.methods.get(method)?.parameters[index];
      if (source === undefined) return [];
      const subject = { said, source, name: said.name, text: textOf(source.place.file) };
      return judged(ARGUMENTS, subject, `${key}/${method}/args/${said.name}`);
    }),
  );
}

function inType(
  snapshot: ContractDocument,
  typeName: string,
  type: SourceClass,
  textOf: (file: string) => string,
): Disagreement[] {
  const schema = Object.hasOwn(snapshot.types ?? {}, typeName) ? snapshot.types![typeName]! : undefined;
  if (schema?.properties === undefined) return [];
  const { properties, required = [] } = schema;
  return [...type.fields].flatMap(([name, source]) => {
    const path = `types/${typeName}.${name}`;
    if (!Object.hasOwn(properties, name)) return source.isPublic ? [unchecked(path, source)] : [];
    const said = { schema: properties[name]!, isRequired: required.includes(name) };
    return judged(FIELDS, { said, source, name, text: textOf(source.place.file) }, path);
  });
}

/** A field that no validator knows: nothing says that it is there. */
function unchecked(path: string, { name, place, type, isOptional }: SourceField): Disagreement {
  const message = `${name} has no decorator of class-validator, so it is not part of the contract: values with it are refused`;
  return {
    path,
    place,
    message,
    fix: `${isOptional ? '@IsOptional() ' : ''}@${VALIDATORS[type.text] ?? 'IsDefined'}() ${name}${isOptional ? '?' : ''}: ${type.text}`,
    edits: [],
  };
}

const VALIDATORS: Readonly<Record<string, string>> = {
  string: 'IsString',
  number: 'IsNumber',
  boolean: 'IsBoolean',
  Date: 'IsDate',
};

function judged<S extends { readonly source: SourceParameter | SourceField }>(
  rows: readonly Row<S>[],
  subject: S,
  path: string,
): Disagreement[] {
  return rows
    .filter((row) => row.holds(subject))
    .map((row) => ({
      path,
      place: subject.source.place,
      message: row.message(subject),
      fix: row.fix(subject),
      edits: row.edits?.(subject) ?? [],
    }));
}

function isRequired(arg: ArgDocument): boolean {
  return arg.required !== false && !('default' in arg);
}

/** As contracts have it: without the underscores that say that it is not used. */
function written({ name }: SourceParameter): string {
  return name.replace(/^_+/, '');
}

type WithType = Pick<SourceField, 'type'>;

/** Whether TypeScript lists the values, and servers take any of their kind. */
function isNarrower({ type }: WithType, schema: SchemaDocument): boolean {
  return type.values !== undefined && schema.enum === undefined && (schema.type === 'string' || schema.type === 'number');
}

function narrowText(name: string, { type }: WithType): string {
  const values = type.values!.map((value) => JSON.stringify(value)).join(' | ');
  return `${name} is ${values} in TypeScript, and any ${typeof type.values![0]} is taken`;
}

function listText({ type }: WithType): string {
  return `[${type.values!.map((value) => JSON.stringify(value)).join(', ')}]`;
}

function byPlace(a: Disagreement, b: Disagreement): number {
  return a.place.file < b.place.file ? -1 : a.place.file > b.place.file ? 1 : a.place.start - b.place.start;
}
