/**
 * Runs the commands of docs/guides/live-commands.md and compares their output. With CONCORD_WRITE_GUIDES=1, as `npm run guides` sets it, writes
 * the output into the page.
 */
import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '@concord-rpc/core/engine';
import { createClient } from 'concord-rpc';
import { PortsApi as PortsApi14 } from '../../examples/rolling-upgrade/src/release-1.4/ports-api';
import { PortsApi as PortsApi15 } from '../../examples/rolling-upgrade/src/release-1.5/ports-api';
import { inGroups, type LiveFleet, startLiveFleet } from './live-fleet';

const PAGE = join(__dirname, '../../docs/guides/live-commands.md');
const page = readFileSync(PAGE, 'utf8');
const BLOCK = /^```console\n([\s\S]*?)^```$/gm;

let fleet: LiveFleet;
beforeAll(async () => {
  fleet = await startLiveFleet();
  const old = createClient(fleet.transport, PortsApi14, { context: { caller: 'agent' } });
  const young = createClient(fleet.transport, PortsApi15, { context: { caller: 'ui' } });
  for (let call = 0; call < 3; call++) await old.getPorts('node-1', { network: 'net-7' });
  await young.getPorts('node-1', { network: 'net-7', status: 'UP' });
});
afterAll(() => fleet.stop());

/** The facts of a run that differ from the next one. */
function settled(text: string): string {
  return text
    .replaceAll(fleet.broker.url, 'nats://127.0.0.1:4222')
    .replace(/(TIME|[\d.]+ ms) +(?=[A-Z])/g, (_, cell: string) => (cell === 'TIME' ? 'TIME    ' : '1.2 ms  '))
    .replace(/[\d.]+ ms/g, '1.2 ms')
    .replace(/\d+ bytes/g, '120 bytes')
    .replace(/at most \d+ \w+/g, 'at most 90 s');
}

function linesIn(body: string): readonly string[] {
  return [...body.matchAll(/^\$ (npx @concord-rpc\/cli .*)$/gm)].map(([, line]) => line!);
}

async function outputOf(line: string): Promise<string> {
  const args = line.match(/'[^']*'|\S+/g)!.map((word) => word.replace(/^'|'$/g, ''));
  const { code, out, err } = await fleet.run('caller', args.slice(2));
  return `$ ${line}\n${settled(out + err)}${code === 0 ? '' : `exit ${code}\n`}`;
}

test('the page shows what its commands print', async () => {
  const lines = [...page.matchAll(BLOCK)].flatMap(([, body]) => linesIn(body!));
  const outputs = new Map<string, string>();
  // callers are counted before this page calls, and `--verbose` tells of every call in this process
  const isFirst = (line: string) => line.includes('cli fleet') || line.includes('--verbose');
  for (const line of lines.filter(isFirst)) outputs.set(line, await outputOf(line));
  await inGroups(
    lines.filter((line) => !isFirst(line)),
    async (line) => outputs.set(line, await outputOf(line)),
  );
  const told = page.replace(
    BLOCK,
    (_, body: string) =>
      `\`\`\`console\n${linesIn(body)
        .map((line) => outputs.get(line))
        .join('')}\`\`\``,
  );
  if (process.env.CONCORD_WRITE_GUIDES === '1') writeFileSync(PAGE, told);
  else expect(told).toBe(page);
});

test('the page lists every code of an error under the exit code of its class', () => {
  const rows = [...page.matchAll(/^\| (\d) \| [^|]* \| ([^|]*) \|$/gm)];
  const listed = Object.fromEntries(
    rows.flatMap(([, exit, codes]) => [...codes!.matchAll(/`(\w+)`/g)].map(([, code]) => [code, exit])),
  );
  const exits = { no: '6', yes: '7', maybe: '8' };
  const expected = Object.entries(ERROR_CODES).map(([code, { executed }]) => [
    code,
    code === 'no_servers' || code === 'not_connected' ? '5' : exits[executed],
  ]);
  expect(listed).toEqual(Object.fromEntries(expected));
});
