/** Mock timers of Node's test runner, in a process of that runner. Needs the build. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

test("Node's runner passes every test of node-timers.cjs", () => {
  const { status, stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', join(__dirname, 'node-timers.cjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  const counted = Object.fromEntries(
    [...stdout.matchAll(/^# (pass|fail) (\d+)$/gm)].map(([, name, count]) => [name, Number(count)]),
  );
  expect({ status, ...counted, stdout: status === 0 ? '' : stdout }).toEqual({ status: 0, pass: 2, fail: 0, stdout: '' });
});
