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
import { DhcpPluginApi } from '../fixtures/contracts/dhcp-plugin-api';
import { until } from '../fixtures/until';
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

/** Commands that use this process for long, and whose output has figures of their own or none. */
const IS_LONG = /cli (?:bench|generate) /;

/** The facts of a run that differ from the next one. */
function settled(text: string): string {
  return withoutRelease(text)
    .replaceAll(fleet.cwd, '/srv/agent')
    .replaceAll(fleet.broker.url, 'nats://127.0.0.1:4222')
    .replace(/(TIME|[\d.]+ ms) +(?=[A-Z])/g, (_, cell: string) => (cell === 'TIME' ? 'TIME    ' : '1.2 ms  '))
    .replace(/[\d.]+ ms/g, '1.2 ms')
    .replace(/\d+ bytes/g, '120 bytes')
    .replace(/at most \d+ \w+/g, 'at most 90 s');
}

/** The cells of calls that pass which differ from run to run, by the head of their column. */
const PASSING: Readonly<Record<string, string>> = {
  ...{ TIME: '12:00:00.123', MS: '1.2', IN: '120', OUT: '120' },
  ...{ 'CALLS/S': '42.0', P50: '1.2 ms', P99: '1.2 ms', 'ERRORS/S': '42.0' },
};

/** The output of `watch` and `top`: with the same figures in each run, aligned again. Calls of several servers come in any order. */
function settledRows(text: string): string {
  const lines = text.trimEnd().split('\n');
  const at = lines.findIndex((line) => line.includes('METHOD'));
  const [head, ...rows] = lines.slice(at).map((line) => line.split(/ {2,}/));
  const told = rows.map((row) =>
    row.map((cell, index) =>
      /^(?:-|0\.0)$/.test(cell) && !head![index]!.startsWith('P') ? cell : (PASSING[head![index]!] ?? cell),
    ),
  );
  if (head![0] === 'TIME') told.sort((a, b) => (a.join() < b.join() ? -1 : 1));
  const above = lines.slice(0, at).map((line) => `${line.replace(/[\d.]+ (?=\w+\/s)/g, '42.0 ')}\n`);
  return `${above.join('')}${columns([head!, ...told])}`.replace(/(?<=declared )\d+/g, '42');
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Calls that pass while the page watches. `top` sorts by their number. */
async function passingCalls(times: readonly number[]): Promise<void> {
  const [old, young, dhcp] = [
    createClient(fleet.transport, PortsApi14, { context: { caller: 'agent' } }),
    createClient(fleet.transport, PortsApi15, { context: { caller: 'ui' } }),
    createClient(fleet.transport, DhcpPluginApi, { context: { caller: 'agent' }, retry: false }),
  ];
  const calls = [
    () => young.getPorts('node-1', { network: 'net-7', status: 'UP' }),
    () => old.$to('ports-1').getPorts('node-1', { network: 'net-7' }),
    () => dhcp.getPorts('node-1', { networkId: 'net-7' }, 5),
    () => dhcp.$cast.releaseDhcpPort('net-7', 'dev-1'),
    () => dhcp.updatePort('port-9').catch(() => undefined),
  ];
  for (const [index, call] of calls.entries()) for (let time = 0; time < times[index]!; time++) await call();
}

/** Runs `watch` as the user that may, or `top`, while calls pass. */
async function outputWhileCalled(line: string, args: readonly string[]): Promise<string> {
  const isTop = args.includes('top');
  let isWatching = isTop;
  const running = fleet.run(isTop ? 'caller' : 'observer', args, {
    onErr: () => {
      isWatching = true;
    },
  });
  await until(() => isWatching);
  let isOver = false;
  const over = running.finally(() => {
    isOver = true;
  });
  do await passingCalls(isTop ? [4, 4, 4, 2, 1] : [1, 1, 1, 1, 1]);
  while (isTop && !isOver);
  const { code, out, err } = await over;
  return `$ ${line}\n${err}${settledRows(out)}${code === 0 ? '' : `exit ${code}\n`}`;
}

/** The findings of `doctor` with the release of nats-server that the page shows, which has no known fault. */
function withoutRelease(text: string): string {
  const [row, verdict] = /^ {2}(ok|warning) +version +nats-server .*\n(?: +→ .*\n)?/m.exec(text) ?? [];
  if (row === undefined) return text;
  const shown = text.replace(
    row,
    row.replace(/^ {2}\w+ +(?=version)/, '  ok           ').replace(/nats-server [\s\S]*$/, 'nats-server 2.12.1\n'),
  );
  if (verdict === 'ok') return shown;
  return shown.replace(
    /^(\d+) ok, (\d+) warnings?/m,
    (_, ok: string, warnings: string) => `${Number(ok) + 1} ok, ${Number(warnings) - 1} warning${warnings === '2' ? '' : 's'}`,
  );
}

/** The output of `bench` without its figures, and with one row of its histogram. */
function formOf(output: string): string {
  return output
    .replace(/^up to .*\n/gm, 'up to\n')
    .replace(/(?:up to\n)+/, 'up to\n')
    .replace(/\d[\d.]*/g, '0');
}

/** The output of a command in a text; figures of `bench` that the page has stay as they are. */
function shown(line: string, output: string, before: string): string {
  const kept = before.split(/^(?=\$ )/m).find((part) => part.startsWith(`$ ${line}\n`));
  return line.includes('cli bench') && kept !== undefined && formOf(kept) === formOf(output) ? kept : output;
}

function linesIn(body: string): readonly string[] {
  return [...body.matchAll(/^\$ (npx @concord-rpc\/cli .*)$/gm)].map(([, line]) => line!);
}

const isPassing = (line: string) => /cli (?:watch|top)/.test(line);

async function outputOf(line: string): Promise<string> {
  const args = line.match(/'[^']*'|\S+/g)!.map((word) => word.replace(/^'|'$/g, ''));
  if (isPassing(line)) return outputWhileCalled(line, args.slice(2));
  const { code, out, err } = await fleet.run('caller', args.slice(2));
  const text = IS_LONG.test(line) ? out + err : settled(out + err);
  return `$ ${line}\n${text}${code === 0 ? '' : `exit ${code}\n`}`;
}

test('the page shows what its commands print', async () => {
  const lines = [...page.matchAll(BLOCK)].flatMap(([, body]) => linesIn(body!));
  const outputs = new Map<string, string>();
  // callers are counted before this page calls, `--verbose` tells of every call in this process, and others would wait for the long ones
  const isFirst = (line: string) =>
    line.includes('cli fleet') || line.includes('--verbose') || IS_LONG.test(line) || isPassing(line);
  for (const line of lines.filter(isFirst)) outputs.set(line, await outputOf(line));
  await inGroups(
    lines.filter((line) => !isFirst(line)),
    async (line) => outputs.set(line, await outputOf(line)),
  );
  const told = page.replace(
    BLOCK,
    (_, body: string) =>
      `\`\`\`console\n${linesIn(body)
        .map((line) => shown(line, outputs.get(line)!, body))
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
