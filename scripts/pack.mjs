/** Builds and packs every package into .tsbuild/tarballs, to be installed by file while the packages are not on npm. */
import { rmSync, writeFileSync } from 'node:fs';
import { LIST, packPackages, TARBALLS } from './pack-packages.mjs';
import { BUILD, runCommand } from './run-command.mjs';

const { code } = await runCommand(BUILD, { live: true });
if (code !== 0) process.exit(code);
rmSync(TARBALLS, { recursive: true, force: true });
const packed = await packPackages(TARBALLS);
writeFileSync(LIST, JSON.stringify(packed));
for (const { tarball } of packed) console.log(tarball);
