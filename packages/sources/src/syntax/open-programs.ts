/** Opens the programs of a project with the TypeScript package that the project installs. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Program, ProgramFiles } from './syntax';
import { type ClassicApi, openClassic } from './typescript-classic';
import { type NativeApi, type NativeSyntax, openNative } from './typescript-native';

/** Thrown if TypeScript sources cannot be read; its message says why. */
export class UnreadableSources extends Error {
  override readonly name = 'UnreadableSources';
}

/** The first major release whose compiler is a separate process instead of a library. */
const FIRST_NATIVE = 7;

/** The modules of TypeScript 7 that are loaded: the API and the syntax kinds. */
const NATIVE_PARTS = ['/unstable/sync', '/unstable/ast'];

/**
 * Opens one program for each file with the named package: `typescript`, or an alias of it in the project's manifest.
 *
 * @throws UnreadableSources if the package is not installed or its API fails.
 */
export async function openPrograms(sources: ProgramFiles, packageName: string): Promise<ReadonlyMap<string, Program>> {
  const fromRoot = createRequire(join(sources.root, 'package.json'));
  const version = versionOf(fromRoot, packageName);
  try {
    if (Number.parseInt(version, 10) < FIRST_NATIVE) return openClassic(fromRoot(packageName) as ClassicApi, sources);
    const [api, syntax] = await Promise.all(
      NATIVE_PARTS.map((part) => import(pathToFileURL(fromRoot.resolve(packageName + part)).href)),
    );
    return openNative(version, api as NativeApi, syntax as NativeSyntax, sources);
  } catch (thrown) {
    throw new UnreadableSources(`${packageName} ${version} cannot read sources: ${(thrown as Error).message}`);
  }
}

function versionOf(fromRoot: NodeJS.Require, packageName: string): string {
  try {
    return (fromRoot(`${packageName}/package.json`) as { readonly version: string }).version;
  } catch {
    throw new UnreadableSources(`the project has no package ${packageName}`);
  }
}
