/** `npm run build`: checks types, writes declarations and the JavaScript of the examples, or of the projects in the arguments, and bundles the packages. */
import { bundlePackages } from './bundle.mjs';
import { runCommand } from './run-command.mjs';

/** The compiler, called by its path, because the TypeScript 6 that tests use installs a program of the same name. */
const TSC = ['node', 'node_modules/typescript/bin/tsc', '-b'];

const [{ code }] = await Promise.all([runCommand([...TSC, ...process.argv.slice(2)], { live: true }), bundlePackages()]);
process.exitCode = code;
