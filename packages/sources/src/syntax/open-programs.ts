/** Opens the programs of a project with the TypeScript that the project has. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Program, ProgramFiles } from './syntax';
import { type ClassicApi, openClassic } from './typescript-classic';
import { type NativeApi, type NativeSyntax, openNative } from './typescript-native';

/** Why sources cannot be read. */
export class UnreadableSources extends Error {
  override readonly name = 'UnreadableSources';
}

/** The first release that is a process and no library. */
const FIRST_NATIVE = 7;

/** What of it is asked: its API, and the names of its syntax. */
const NATIVE_PARTS = ['/unstable/sync', '/unstable/ast'];

/**
 * The program of each file, read by the named package: `typescript`, or what a project calls it.
 *
 * @throws UnreadableSources if there is no such package, or none that can be asked.
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
    throw new UnreadableSources(`${packageName} ${version} cannot be asked about sources: ${(thrown as Error).message}`);
  }
}

function versionOf(fromRoot: NodeJS.Require, packageName: string): string {
  try {
    return (fromRoot(`${packageName}/package.json`) as { readonly version: string }).version;
  } catch {
    throw new UnreadableSources(`the project has no package ${packageName}`);
  }
}
