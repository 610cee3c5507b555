/** Loads the modules of a project and finds the contract classes that they export. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Class, readClass } from '@concord-rpc/core';
import { CommandFailure } from '../console/command-failure';
import { isTypeScript, readTypeScript } from './typescript-sources';

/** A contract class, and the module that exports it. */
export interface FoundClass {
  readonly type: Class;
  readonly entry: string;
  readonly exportName: string;
}

/**
 * The contract classes that modules export, each once.
 *
 * @throws CommandFailure if a module cannot be loaded, or exports none.
 */
export async function loadClasses(root: string, entries: readonly string[]): Promise<readonly FoundClass[]> {
  const found = new Map<Class, FoundClass>();
  for (const entry of entries) {
    const exported = await loadModule(root, entry);
    const contracts = exported.flatMap(([exportName, type]) => (isContract(type) ? [{ type, entry, exportName }] : []));
    if (contracts.length === 0) {
      throw new CommandFailure(
        `${entry} exports no class with @Endpoint`,
        'export the contract class from it, or name the module that does',
      );
    }
    for (const each of contracts) if (!found.has(each.type)) found.set(each.type, each);
  }
  return [...found.values()];
}

async function loadModule(root: string, entry: string): Promise<readonly Exported[]> {
  const file = resolve(root, entry);
  if (!existsSync(file)) {
    const remedy = ['.js', '.mjs', '.cjs'].includes(extname(entry))
      ? 'build it first, or name its source'
      : 'name a module of the project';
    throw new CommandFailure(`there is no module ${entry}`, remedy);
  }
  try {
    if (!isTypeScript(file)) return exportsOf(await import(pathToFileURL(file).href));
    readTypeScript(root, entry);
    return exportsOf(createRequire(join(root, 'package.json'))(file));
  } catch (thrown) {
    if (thrown instanceof CommandFailure) throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CommandFailure(
      `${entry} cannot be loaded: ${why}`,
      'the command runs the module: it must load without the program around it',
    );
  }
}

/** The name of an export, and what it is. */
type Exported = readonly [string, unknown];

/** What a module exports; of CommonJS seen as ECMAScript, also what is only in its `exports`. */
function exportsOf(namespace: unknown): readonly Exported[] {
  return Object.entries(namespace as object).flatMap(([name, value]: Exported) =>
    name === 'default' && typeof value === 'object' && value !== null ? Object.entries(value) : [[name, value] as const],
  );
}

/** Whether a class says itself that it is a contract: those that only extend one are implementations. */
function isContract(value: unknown): value is Class {
  if (typeof value !== 'function') return false;
  const endpoint = readClass(value as Class)?.endpoint;
  const parent = Object.getPrototypeOf(value) as unknown;
  const inherited = typeof parent === 'function' ? readClass(parent as Class)?.endpoint : undefined;
  return endpoint !== undefined && endpoint !== inherited;
}
