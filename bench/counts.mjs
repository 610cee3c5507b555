/**
 * Counts the work of a call, which does not depend on the machine: messages, socket writes, bytes, promises, timers, and allocated bytes. Writes the table
 * `bench/counts.md`; `--check` compares with it and fails if a call does more.
 */
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { CALLS, ROWS } from './counts-rows.mjs';

const PAGE = new URL('counts.md', import.meta.url);
const PROGRAM = new URL('counts-process.mjs', import.meta.url).pathname;
/** Rounds of a row. Work in the background, such as the sign of a server, only adds: the least counts. */
const ROUNDS = 3;
const COUNTS = ['messages', 'writes', 'bytes', 'promises', 'timers', 'immediates'];
const COLUMNS = [...COUNTS, 'allocated'];
/** The largest figure that passes the check: the half of one for each call is noise. */
const SLACK = { allocated: (bytes) => bytes * 1.25 };
/** In place of figures of a server that depend on how many messages arrive in one read. */
const UNSTEADY = '–';
const HALF = (count) => count + 0.5;

const { startNatsServer } = await import('../packages/testing/dist/index.js');
const broker = await startNatsServer();
const counted = await measure(true);
const allocated = await measure(false);
await broker.stop();
const measured = ROWS.map((row, index) => ({
  row,
  client: { ...counted[index].client, ...allocated[index].client },
  server: { ...counted[index].server, ...allocated[index].server },
}));

const page = pageOf(measured);
if (process.argv.includes('--check')) check(readFileSync(PAGE, 'utf8'), page);
else writeFileSync(PAGE, page);

/** Measures every row with a client and a server of its own. */
async function measure(isCounting) {
  const server = await start({ role: 'server', isCounting });
  const client = await start({ role: 'client', isCounting });
  const results = [];
  for (const { id } of ROWS) {
    await client.ask('warm', { row: id });
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all([client.ask('begin'), server.ask('begin')]);
      await client.ask('run', { row: id });
      rounds.push(await Promise.all([client.ask('end'), server.ask('end')]));
    }
    results.push({ client: least(rounds.map(([each]) => each)), server: least(rounds.map(([, each]) => each)) });
  }
  client.stop();
  server.stop();
  return results;
}

/** The least of the rounds, for one call. */
function least(rounds) {
  return Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, Math.min(...rounds.map((each) => each[name])) / CALLS]));
}

function pageOf(results) {
  const head = ['', 'side', ...COLUMNS.map((name) => (name === 'allocated' ? 'allocated bytes' : name))];
  const cell = (row, side, name, value) => {
    if (side === 'server' && row.isOneWay && ['promises', 'allocated'].includes(name)) return UNSTEADY;
    if (row.isShared && name === 'allocated') return UNSTEADY;
    return name === 'allocated' ? String(Math.round(value)) : number(value);
  };
  const line = (row, side, values) => [row.title, side, ...COLUMNS.map((name) => cell(row, side, name, values[name]))];
  const rows = results.flatMap((each) => [line(each.row, 'client', each.client), line(each.row, 'server', each.server)]);
  return `# Counts of a call

\`node bench/counts.mjs\` writes this page: the work of one call in its client process and in its
server process, over NATS, on average over ${CALLS} calls after warm-up. Messages, writes and bytes are
those that the process sends. \`npm test\` fails if a count grows by a half, or allocated
bytes by a quarter: they differ by a tenth from run to run. What a server does for casts, and what
joined calls allocate, depends on how many arrive in one read: this is left out.

${[head, head.map((_, index) => (index < 2 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`;
}

function number(value) {
  return String(Math.round(value * 100) / 100);
}

function check(committed, now) {
  const cells = (text) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split('|').map((cell) => cell.trim()));
  const [before, after] = [cells(committed), cells(now)];
  const grown = [];
  for (const [title, side, ...values] of after.map((row) => row.slice(1, -1)).slice(2)) {
    const known = before.map((row) => row.slice(1, -1)).find((row) => row[0] === title && row[1] === side);
    values.forEach((value, index) => {
      if (known?.[index + 2] === UNSTEADY && value === UNSTEADY) return;
      const most = (SLACK[COLUMNS[index]] ?? HALF)(Number(known?.[index + 2] ?? Number.NaN));
      if (!(Number(value) <= most))
        grown.push(`${title}, ${side}: ${COLUMNS[index]} ${known?.[index + 2] ?? 'not in the table'} before, ${value} now`);
    });
  }
  for (const line of grown) console.log(line);
  console.log(`counts: ${after.length - 2} rows, ${grown.length} counts have grown`);
  if (grown.length > 0) {
    console.log('find what a call does more than before; if it must, write the table again: node bench/counts.mjs');
    process.exitCode = 1;
  }
}

async function start({ role, isCounting }) {
  const child = fork(PROGRAM, [JSON.stringify({ role, url: broker.url, isCounting })], {
    execArgv: ['--expose-gc', '--max-semi-space-size=128', '--min-semi-space-size=128'],
  });
  let settle;
  child.on('message', ({ value, error }) => (error === undefined ? settle.resolve(value) : settle.reject(new Error(error))));
  child.on('exit', (code) => settle.reject(new Error(`the ${role} ended with exit code ${code}`)));
  const answer = () =>
    new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
  await answer();
  return {
    ask: (command, options) => {
      const answered = answer();
      child.send({ command, options });
      return answered;
    },
    stop: () => child.kill(),
  };
}
