/** Runs the suites of transports, calls and fleets on the installed nats-server with the statuses of a newer release. */
import { runCommand } from './run-command.mjs';

const RELEASE = process.argv[2] ?? '2.12';
const SUITES = ['packages/nats', 'tests/rpc', 'tests/fleet'];

const { code } = await runCommand(['jest', ...SUITES], { live: true, env: { CONCORD_NATS_STATUSES: RELEASE } });
console.log(`newer nats: ${SUITES.join(', ')} with the statuses of ${RELEASE}: ${code === 0 ? 'ok' : 'FAILED'}`);
process.exitCode = code === 0 ? 0 : 1;
