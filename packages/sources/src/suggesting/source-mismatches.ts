/** Finds where TypeScript types and decorators disagree: values that compile and are refused, and values that are accepted and do not compile. */

import type { ContractDocument } from '@concord-rpc/core';
import type { ArgDocument, SchemaDocument } from '@concord-rpc/core/engine';
import { isOptional } from '@concord-rpc/evolution';
import type { ContractSource, SourceClass, SourceField, SourceParameter, SourceRange } from '../reading/class-source';
import type { ContractSources } from '../reading/source-docs';
import { textsOf } from '../reading/source-positions';
import { decorate, decoratorOf, importName, markOptional, setOption } from './decorator-edits';
import type { Edit } from './edit';

/** One difference between a type and its decorators. */
export interface SourceMismatch {
  /** The path of the argument or field, as in findings: `Ports@1/list/args/host`, `types/Port.mtu`. */
  readonly path: string;
  /** The name in the source. */
  readonly range: SourceRange;
  readonly message: string;
  /** The source text that ends the mismatch. */
  readonly fix: string;
  /** The fix as edits; empty if a person has to choose. */
  readonly edits: readonly Edit[];
}

/** An argument or field, as recorded in the contract and as written in the source. */
interface Compared<Contract, Source> {
  readonly recorded: Contract;
  readonly source: Source;
  readonly name: string;
  /** The text of the source file. */
  readonly text: string;
}

/** One kind of mismatch. */
interface MismatchRule<S extends { readonly source: SourceParameter | SourceField }> {
  holds(compared: S): boolean;
  message(compared: S): string;
  fix(compared: S): string;
  edits?(compared: S): readonly Edit[];
}

type Argument = Compared<ArgDocument, SourceParameter>;
type Field = Compared<{ readonly schema: SchemaDocument; readonly isRequired: boolean }, SourceField>;

const ARGUMENTS: readonly MismatchRule<Argument>[] = [
  {
    holds: ({ recorded, source }) => source.isOptional && source.initializer === undefined && !isOptional(recorded),
    message: ({ name }) => `${name} is optional in TypeScript; servers refuse calls without it`,
    fix: ({ source }) => `@Arg({ optional: true }) ${source.name}?: ${source.type.text}`,
    edits: ({ source, text }) => {
      const arg = decoratorOf(source, 'Arg');
      if (arg !== undefined) return setOption(arg, 'optional', 'true');
      return [...decorate(source, '@Arg({ optional: true })'), ...importName(source.nameRange.file, text, 'Arg')];
    },
  },
  {
    holds: ({ recorded, source }) => !source.isOptional && isOptional(recorded),
    message: ({ name }) =>
      `servers accept calls without ${name}; its type does not include undefined, which handlers then receive`,
    fix: ({ source }) => `${source.name}?: ${source.type.text}`,
    edits: ({ source, text }) => markOptional(source, text),
  },
  {
    holds: ({ recorded, source }) =>
      source.name !== '' && // a destructured parameter
      decoratorOf(source, 'Arg')?.options?.members.has('name') !== true &&
      recorded.name !== written(source),
    message: ({ name, source }) =>
      `its name is ${name} in the loaded module and ${written(source)} in the source: a compiler renamed it`,
    fix: ({ source }) => `@Arg({ name: '${written(source)}' })`,
  },
  {
    holds: ({ recorded, source }) => isNarrower(source, recorded.schema),
    message: ({ name, source }) => narrowText(name, source),
    fix: ({ source }) => `@Arg({ enum: ${listText(source)} })`,
  },
];

const FIELDS: readonly MismatchRule<Field>[] = [
  {
    holds: ({ recorded, source }) => source.isOptional && recorded.isRequired,
    message: ({ name }) => `${name} is optional in TypeScript; values without it are refused`,
    fix: ({ source }) => `@IsOptional() ${source.name}?: ${source.type.text}`,
    edits: ({ source, text }) => [
      ...decorate(source, '@IsOptional()'),
      ...importName(source.nameRange.file, text, 'IsOptional', 'class-validator'),
    ],
  },
  {
    holds: ({ recorded, source }) => !source.isOptional && !recorded.isRequired,
    message: ({ name }) => `values without ${name} are accepted; its type does not include undefined`,
    fix: ({ source }) => `${source.name}?: ${source.type.text}`,
    edits: ({ source, text }) => markOptional(source, text),
  },
  {
    holds: ({ recorded, source }) => isNarrower(source, recorded.schema),
    message: ({ name, source }) => narrowText(name, source),
    fix: ({ source }) => `@IsIn(${listText(source)})`,
  },
];

/** Returns every mismatch between a contract and its sources, ordered by file and offset. */
export function sourceMismatches(snapshot: ContractDocument, sources: ContractSources): readonly SourceMismatch[] {
  const textOf = textsOf();
  const all = [...sources].flatMap(([key, source]) => [
    ...inMethods(snapshot, key, source, textOf),
    ...[...source.types].flatMap(([name, type]) => inType(snapshot, name, type, textOf)),
  ]);
  return [...new Map(all.map((each) => [`${each.path} ${each.message}`, each])).values()].sort(byRange);
}

function inMethods(
  snapshot: ContractDocument,
  key: string,
  { contract }: ContractSource,
  textOf: (file: string) => string,
): SourceMismatch[] {
  return Object.entries(snapshot.endpoints[key]!.methods).flatMap(([method, { args = [] }]) =>
    args.flatMap((recorded, index) => {
      const source = contract.methods.get(method)?.parameters[index];
      if (source === undefined) return [];
      const compared = { recorded, source, name: recorded.name, text: textOf(source.nameRange.file) };
      return judged(ARGUMENTS, compared, `${key}/${method}/args/${recorded.name}`);
    }),
  );
}

function inType(
  snapshot: ContractDocument,
  typeName: string,
  type: SourceClass,
  textOf: (file: string) => string,
): SourceMismatch[] {
  const schema = Object.hasOwn(snapshot.types ?? {}, typeName) ? snapshot.types![typeName]! : undefined;
  if (schema?.properties === undefined) return [];
  const { properties, required = [] } = schema;
  return [...type.fields].flatMap(([name, source]) => {
    const path = `types/${typeName}.${name}`;
    if (!Object.hasOwn(properties, name)) return source.isPublic ? [unchecked(path, source)] : [];
    const recorded = { schema: properties[name]!, isRequired: required.includes(name) };
    return judged(FIELDS, { recorded, source, name, text: textOf(source.nameRange.file) }, path);
  });
}

/** Returns the mismatch of a public field without a class-validator decorator. */
function unchecked(path: string, { name, nameRange, type, isOptional }: SourceField): SourceMismatch {
  const message = `${name} has no class-validator decorator, so it is not part of the contract: it is removed from arguments and results`;
  return {
    path,
    range: nameRange,
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
  rows: readonly MismatchRule<S>[],
  compared: S,
  path: string,
): SourceMismatch[] {
  return rows
    .filter((row) => row.holds(compared))
    .map((row) => ({
      path,
      range: compared.source.nameRange,
      message: row.message(compared),
      fix: row.fix(compared),
      edits: row.edits?.(compared) ?? [],
    }));
}

/** Returns the name of a parameter as contracts record it: without the leading underscores that mark an unused parameter. */
function written({ name }: SourceParameter): string {
  return name.replace(/^_+/, '');
}

type WithType = Pick<SourceField, 'type'>;

/** Returns true if TypeScript lists the values and servers accept any string or number. */
function isNarrower({ type }: WithType, schema: SchemaDocument): boolean {
  return type.values !== undefined && schema.enum === undefined && (schema.type === 'string' || schema.type === 'number');
}

function narrowText(name: string, { type }: WithType): string {
  const values = type.values!.map((value) => JSON.stringify(value)).join(' | ');
  return `${name} is ${values} in TypeScript; any ${typeof type.values![0]} is accepted`;
}

function listText({ type }: WithType): string {
  return `[${type.values!.map((value) => JSON.stringify(value)).join(', ')}]`;
}

function byRange(a: SourceMismatch, b: SourceMismatch): number {
  return a.range.file < b.range.file ? -1 : a.range.file > b.range.file ? 1 : a.range.start - b.range.start;
}
