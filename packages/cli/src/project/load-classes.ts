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
    const types = exported.filter(isContract);
    if (types.length === 0) {
      throw new CommandFailure(
        `${entry} exports no class with @Endpoint`,
        'export the contract class from it, or name the module that does',
      );
    }
    for (const type of types) if (!found.has(type)) found.set(type, { type, entry });
  }
  return [...found.values()];
}

async function loadModule(root: string, entry: string): Promise<readonly unknown[]> {
  const file = resolve(root, entry);
  if (!existsSync(file)) {
    const remedy = ['.js', '.mjs', '.cjs'].includes(extname(entry))
      ? 'build it first, or name its source'
      : 'name a module of the project';
    throw new CommandFailure(`there is no module ${entry}`, remedy);
  }
  try {
    if (!isTypeScript(file)) return valuesOf(await import(pathToFileURL(file).href));
    readTypeScript(root, entry);
    return valuesOf(createRequire(join(root, 'package.json'))(file));
  } catch (thrown) {
    if (thrown instanceof CommandFailure) throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CommandFailure(
      `${entry} cannot be loaded: ${why}`,
      'the command runs the module: it must load without the program around it',
    );
  }
}

/** What a module exports; of CommonJS seen as ECMAScript, also what is only in its `exports`. */
function valuesOf(namespace: unknown): readonly unknown[] {
  const exported = Object.entries(namespace as object);
  return exported.flatMap(([name, value]) =>
    name === 'default' && typeof value === 'object' && value !== null ? Object.values(value) : [value],
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
