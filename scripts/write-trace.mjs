/** `npm run trace`: writes the trace that docs/guides/opentelemetry.md shows, as text and as a picture. The tests compare both. */
import { runCommand } from './run-command.mjs';

const test = ['jest', 'tests/opentelemetry/trace-tree', '-t', 'on memory'];
const { code } = await runCommand(test, { live: true, env: { CONCORD_WRITE_TRACE: '1' } });
process.exitCode = code;
