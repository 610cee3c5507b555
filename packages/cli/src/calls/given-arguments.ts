/** The arguments of a call as a user gives them: JSON from the command line, a file or standard input, and flags by name. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ContractDocument } from '@concord-rpc/core';
import type { ArgDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';
import { resolve as resolveType } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { didYouMean } from '../console/did-you-mean';
import type { Io } from '../console/io';
import type { NamedText } from '../inputs/call-options';

/** Arguments before they are read: JSON, `@FILE` or `-`, and texts by name. */
export interface GivenArguments {
  readonly json: string | undefined;
  readonly arg?: readonly NamedText[];
}

/** The method that is called. */
interface CalledMethod {
  readonly document: ContractDocument;
  /** `Ports@1.list`. */
  readonly label: string;
  readonly method: MethodDocument;
}

/**
 * Reads the arguments by name. Their values are not checked.
 *
 * @throws CommandFailure if a text is not JSON, if a file does not exist, or if an argument is unknown or given twice.
 */
export async function readArguments(
  io: Io,
  { json, arg = [] }: GivenArguments,
  { document, label, method }: CalledMethod,
): Promise<Readonly<Record<string, unknown>>> {
  const { args = [] } = method;
  const named = new Map(Object.entries(json === undefined ? {} : byName(await textOf(io, json), args)));
  const types = document.types ?? {};
  for (const [name, text] of arg) {
    if (named.has(name)) throw new CommandFailure(`argument ${name} is given twice`, `give it once: --arg ${name}=VALUE`);
    const declared = args.find((each) => each.name === name);
    if (declared === undefined) throw unknown(name, label, args);
    named.set(
      name,
      flagValue(text.startsWith('@') ? fileText(io, text) : text, name, resolveType(declared.schema, types).schema),
    );
  }
  for (const name of named.keys()) if (!args.some((each) => each.name === name)) throw unknown(name, label, args);
  return Object.fromEntries(named);
}

function unknown(name: string, label: string, args: readonly ArgDocument[]): CommandFailure {
  const names = args.map((each) => each.name);
  const remedy = names.length === 0 ? `${label} has no arguments` : `its arguments: ${names.join(', ')}`;
  return new CommandFailure(`${label} has no argument ${name}${didYouMean(name, names)}`, remedy);
}

async function textOf(io: Io, given: string): Promise<string> {
  if (given.startsWith('@')) return fileText(io, given);
  if (given !== '-') return given;
  if (io.input === undefined) throw new CommandFailure('there is no standard input', 'give the arguments as JSON or @FILE');
  return io.input();
}

function fileText({ cwd }: Io, given: string): string {
  const file = resolve(cwd, given.slice(1));
  if (!existsSync(file)) throw new CommandFailure(`file ${given.slice(1)} does not exist`, 'name another file: @FILE');
  return readFileSync(file, 'utf8');
}

function byName(text: string, args: readonly ArgDocument[]): Readonly<Record<string, unknown>> {
  const given = parsed(text, 'the arguments');
  if (Array.isArray(given)) {
    if (given.length <= args.length) return Object.fromEntries(given.map((value, index) => [args[index]!.name, value]));
    throw new CommandFailure(`${given.length} arguments are given; the method takes ${args.length}`, 'leave out the last');
  }
  if (typeof given === 'object' && given !== null) return given as Record<string, unknown>;
  throw new CommandFailure(
    `the arguments are ${JSON.stringify(given)}`,
    `write an object of arguments by name, or an array by position: '{"name":"value"}'`,
  );
}

/** Reads the text of a flag: text where the type takes texts only, else JSON, and text again where the type takes both. */
function flagValue(text: string, name: string, schema: SchemaDocument): unknown {
  const kinds = kindsOf(schema);
  const takesText = kinds.size === 0 || kinds.has('string');
  const isText = kinds.has('string') && [...kinds].every((kind) => kind === 'string' || kind === 'null');
  if (isText) return text;
  try {
    return JSON.parse(text);
  } catch {
    if (takesText) return text;
    throw new CommandFailure(
      `argument ${name} is ${JSON.stringify(text.slice(0, 200))}`,
      `write JSON: ${[...kinds].join(' or ')}`,
    );
  }
}

/** The JSON types that a schema takes, as far as it states them. */
function kindsOf({ type, anyOf = [], enum: listed = [] }: SchemaDocument): ReadonlySet<string> {
  const stated = type === undefined ? [] : [type].flat();
  return new Set([...stated, ...anyOf.flatMap((member) => [...kindsOf(member)]), ...listed.map((value) => typeof value)]);
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new CommandFailure(
      `${what} are not JSON: ${(thrown as Error).message}`,
      `quote them for the shell: '{"name":"value"}'`,
    );
  }
}
