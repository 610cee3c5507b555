/** `npm run ok`: format, lint, types, house, words, docs, contracts, exports and tests, with what is installed already. */
import { runChecks } from './checks.mjs';

process.exitCode = (await runChecks()) ? 0 : 1;
