/** `npm run ok`: runs every check without installing anything. */
import { runChecks } from './checks.mjs';

process.exitCode = (await runChecks()) ? 0 : 1;
