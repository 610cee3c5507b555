/** Loads the modules of a project and finds their exported contract classes. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Class } from '@concord-rpc/core';
import { readClass } from '@concord-rpc/core/engine';
import { CommandFailure } from '../console/command-failure';
import { isTypeScript, readTypeScript } from './typescript-sources';

/** A contract class and the module that exports it. */
export interface FoundClass {
  readonly type: Class;
  readonly entry: string;
  readonly exportName: string;
}

/**
 * Loads modules. Returns the contract classes that they export, without duplicates.
 *
 * @throws CommandFailure if a module cannot be loaded or exports no contract class.
 */
export async function loadClasses(root: string, entries: readonly string[]): Promise<readonly FoundClass[]> {
  const found = new Map<Class, FoundClass>();
  for (const entry of entries) {
    const exported = await loadModule(root, entry);
    const contracts = exported.flatMap(([exportName, type]) => (isContract(type) ? [{ type, entry, exportName }] : []));
    if (contracts.length === 0) {
      throw new CommandFailure(
        `${entry} exports no class with @Endpoint`,
        'export the contract class, or name the module that exports it',
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
      ? 'build it first, or name its TypeScript source'
      : 'name a module of the project';
    throw new CommandFailure(`module ${entry} does not exist`, remedy);
  }
  try {
    if (!isTypeScript(file)) return exportsOf(await import(pathToFileURL(file).href));
    readTypeScript(root, entry);
    return exportsOf(createRequire(join(root, 'package.json'))(file));
  } catch (thrown) {
    if (thrown instanceof CommandFailure) throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CommandFailure(`cannot load ${entry}: ${why}`, 'the command imports the module; it must load outside the program');
  }
}

/** The name and the value of an export. */
type Exported = readonly [string, unknown];

/** The exports of a module. For an imported CommonJS module, these include the members of `module.exports`. */
function exportsOf(namespace: unknown): readonly Exported[] {
  return Object.entries(namespace as object).flatMap(([name, value]: Exported) =>
    name === 'default' && typeof value === 'object' && value !== null ? Object.entries(value) : [[name, value] as const],
  );
}

/** Returns whether a value is a class with its own `@Endpoint`. A class that inherits `@Endpoint` is an implementation. */
function isContract(value: unknown): value is Class {
  if (typeof value !== 'function') return false;
  const endpoint = readClass(value as Class)?.endpoint;
  const parent = Object.getPrototypeOf(value) as unknown;
  const inherited = typeof parent === 'function' ? readClass(parent as Class)?.endpoint : undefined;
  return endpoint !== undefined && endpoint !== inherited;
}
