/** `npm test`: installs what is missing, builds, and runs every check. */
import { runChecks } from './checks.mjs';
import { installNatsServer, installPackages } from './install-missing.mjs';

const installed = (await installPackages()) && (await installNatsServer());
if (!installed) console.log('0 passed, 1 failed');
process.exitCode = installed && (await runChecks()) ? 0 : 1;
