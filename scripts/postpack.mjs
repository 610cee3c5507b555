/** Removes the licence that `prepack.mjs` copied into a package. Runs in the package. */
import { rmSync } from 'node:fs';

rmSync('LICENSE', { force: true });
