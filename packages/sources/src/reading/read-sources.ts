/** Finds the sources of exported contract classes and reads them. */

import { openPrograms, UnreadableSources } from '../syntax/open-programs';
import { sourceOf } from '../syntax/source-file';
import type { Program } from '../syntax/syntax';
import type { ContractSource } from './class-source';
import { readContract } from './read-class';

/** A class that a module exports. */
export interface ExportedClass {
  /** The absolute path of the module: a TypeScript source, or a compiled file with a source map. */
  readonly module: string;
  /** The name of the export. */
  readonly exportName: string;
}

/** Options of `readSources`. */
export interface SourceOptions {
  /** The folder of the project. */
  readonly root: string;
  /** The name of the TypeScript package that the project installs. Default `typescript`. */
  readonly typescript?: string;
}

/**
 * Reads the sources of classes, in the order of `classes`. The entry of a class without a TypeScript source is `undefined`.
 *
 * @throws UnreadableSources if the project has no usable TypeScript package, or TypeScript fails on a source.
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
    throw new UnreadableSources(`TypeScript ${program?.version} failed on ${file}: ${first}`);
  }
}
