/** Finds the sources of exported contract classes and reads them. */

import { openPrograms, UnreadableSources } from '../syntax/open-programs';
import { sourceOf } from '../syntax/source-file';
import type { Program } from '../syntax/syntax';
import type { ContractSource } from './class-source';
import { readContract } from './read-class';

/** A class that a module exports. */
export interface ExportedClass {
  /** The module, absolute: a source, or what was compiled from one and says so in a source map. */
  readonly module: string;
  /** The name of the export. */
  readonly exportName: string;
}

/** Where and with what to read. */
export interface SourceOptions {
  /** The project's folder. */
  readonly root: string;
  /** The package that reads TypeScript. Default `typescript`. */
  readonly typescript?: string;
}

/**
 * The sources of classes, in the order of the classes; `undefined` for one whose source is not there or is no TypeScript.
 *
 * @throws UnreadableSources if there are sources and the project has no TypeScript that reads them.
 */
export async function readSources(
  classes: readonly ExportedClass[],
  options: SourceOptions,
): Promise<readonly (ContractSource | undefined)[]> {
  const wanted = classes.map(({ module, exportName }) => ({ file: sourceOf(module), exportName }));
  const files = [...new Set(wanted.flatMap(({ file }) => file ?? []))];
  if (files.length === 0) return wanted.map(() => undefined);
  const programs = await openPrograms({ root: options.root, files }, options.typescript ?? 'typescript');
  try {
    return wanted.map(({ file, exportName }) =>
      file === undefined ? undefined : readExport(programs.get(file), file, exportName),
    );
  } finally {
    for (const program of new Set(programs.values())) program.close();
  }
}

function readExport(program: Program | undefined, file: string, exportName: string): ContractSource | undefined {
  try {
    const declaration = program?.classesOf(file)?.get(exportName);
    return program && declaration && readContract(program, declaration);
  } catch (thrown) {
    const [first] = (thrown as Error).message.split('\n');
    throw new UnreadableSources(`TypeScript ${program?.version} does not get through ${file}: ${first}`);
  }
}
