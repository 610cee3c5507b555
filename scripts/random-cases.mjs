/**
 * Runs the tests over random contracts, random values, fuzzed messages and long streams with all their cases, of which `npm test` tries a fifth, long
 * stories of the command, and the examples in processes over NATS.
 */
import { runCommand } from './run-command.mjs';

const SUITES = [
  'tests/evolution',
  'tests/contract-classes',
  'tests/rpc/streams',
  'tests/rpc/untrusted/fuzz',
  'tests/cli',
  'tests/examples',
];

const { code } = await runCommand(['jest', ...SUITES], { live: true, env: { CONCORD_WORLD: '1' } });
console.log(`random cases: ${SUITES.join(', ')}: ${code === 0 ? 'ok' : 'FAILED'}`);
process.exitCode = code === 0 ? 0 : 1;
