/**
 * Runs the tests over random contracts, random values and long streams with all their cases, of which `npm test` tries a fifth, and the examples in processes
 * over NATS.
 */
import { runCommand } from './run-command.mjs';

const SUITES = ['tests/evolution', 'tests/contract-classes', 'tests/rpc/streams', 'tests/cli/verify', 'tests/examples'];

const { code } = await runCommand(['jest', ...SUITES], { live: true, env: { CONCORD_WORLD: '1' } });
console.log(`random cases: ${SUITES.join(', ')}: ${code === 0 ? 'ok' : 'FAILED'}`);
process.exitCode = code === 0 ? 0 : 1;
