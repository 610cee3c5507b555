/** Builds and packs every package into .tsbuild/tarballs, to be installed by file while the packages are not on npm. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { packPackages } from './pack-packages.mjs';
import { ROOT, runCommand, TSC } from './run-command.mjs';

const FOLDER = join(ROOT, '.tsbuild/tarballs');

const { code } = await runCommand(TSC, { live: true });
if (code !== 0) process.exit(code);
rmSync(FOLDER, { recursive: true, force: true });
const packed = await packPackages(FOLDER);
for (const { tarball } of packed) console.log(tarball);
