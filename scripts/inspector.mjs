/** Opens the inspector on 200 servers and 50 interfaces in Chromium: measures the first view, checks every view, and watches memory while servers change. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PageUnderTest } from './inspector/browser.mjs';
import { installChromium } from './install-missing.mjs';
import { ROOT } from './run-command.mjs';

const { startNatsServer } = createRequire(import.meta.url)(join(ROOT, 'packages/testing/dist/index.js'));
const PAGE = join(ROOT, 'docs/toolchains/inspector.md');
const PICTURES = join(ROOT, 'docs/guides');
/** Minutes of changes, seconds between two samples of memory, and the growth that counts as none. */
const MINUTES = Number(process.env.CONCORD_INSPECTOR_MINUTES ?? 10);
const SAMPLE_EVERY = 15;
const MOST_GROWTH = 1.15;
const SERVERS = 200;
/** Openings of the page; the median is written. */
const OPENINGS = 5;

const violations = [];
if (await installChromium()) await run();
else violations.push('there is no Chromium');
for (const violation of violations) console.log(violation);
console.log(`inspector: ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;

async function run() {
  const broker = await startNatsServer();
  const fleet = fork(join(ROOT, 'scripts/inspector/shown-fleet.mjs'), [JSON.stringify({ url: broker.url })]);
  let page;
  let inspector;
  try {
    await Promise.race([once(fleet, 'message'), once(fleet, 'exit').then(() => Promise.reject(new Error('the fleet ended')))]);
    page = await PageUnderTest.start();
    const started = performance.now();
    inspector = spawn(process.execPath, [join(ROOT, 'packages/cli/bin/concord.js'), 'inspect', '--live', broker.url, '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(inspector.stdout, 'data');
    const { url } = JSON.parse(line);
    const opened = [await page.open(url, SERVERS)];
    const sinceCommand = performance.now() - started;
    console.log(
      `first view: ${Math.round(opened[0])} ms after the address was opened, ${Math.round(sinceCommand)} ms after the command`,
    );
    while (opened.length < OPENINGS) opened.push(await page.open(url, SERVERS));
    await delay(8_000); // rates need two readings of the counts
    await checkViews(page);
    const samples = await soak(page, { fleet, inspector });
    violations.push(...page.errors);
    writeFileSync(PAGE, asPage({ opened, sinceCommand, samples, version: page.version() }));
  } finally {
    await page?.close();
    inspector?.kill('SIGINT');
    if (fleet.connected) {
      fleet.send('stop');
      await once(fleet, 'exit');
    }
    await broker.stop();
  }
}

/** Visits every view, uses the form by keyboard alone, and takes the pictures of the guide. */
async function checkViews(page) {
  violations.push(...(await page.faults('the fleet')));
  await page.page.getByRole('searchbox').fill('part-1');
  await page.picture(join(PICTURES, 'inspector-fleet.png'), { isDark: true });
  await page.page.reload(); // the focus is at the beginning again
  await page.page.getByText(`${SERVERS} servers`).waitFor();
  if (!(await page.tabTo('Filter'))) violations.push('the filter cannot be reached by keyboard');
  await page.page.keyboard.type('Ports@1');
  if (!(await page.tabTo('Ports@1'))) violations.push('an interface cannot be reached by keyboard');
  await page.page.keyboard.press('Enter');
  await page.page.getByRole('link', { name: 'follow' }).waitFor();
  for (const [hash, text] of [
    ['#/Ports%401', 'follow'],
    ['#/Ports%401/%3Ahistory', 'PortFilter.tags'],
    ['#/Ports%401/%3Acallers', 'agent'],
    ['#/Ports%401/%3Amatrix', 'server 1.5'],
    ['#/Ports%401/%3Awatch', 'No call has passed'],
    ['#/Ports%401/follow', 'Start the stream'],
    ['#/Ports%401/find', 'calls since'],
  ]) {
    await page.view(hash, text);
    violations.push(...(await page.faults(hash)));
  }
  if (!(await page.tabTo('host'))) violations.push('a field cannot be reached by keyboard');
  await page.page.keyboard.type('node-1');
  for (const button of ['Add filter', 'Add status']) {
    if (!(await page.tabTo(button))) violations.push(`"${button}" cannot be reached by keyboard`);
    await page.page.keyboard.press('Enter');
  }
  await page.page.getByText('1.2 because of filter.status').waitFor();
  if (!(await page.tabTo('Call'))) violations.push('the call cannot be sent by keyboard');
  await page.page.keyboard.press('Enter');
  await page.page.getByText('Done after').waitFor();
  await page.picture(join(PICTURES, 'inspector-call.png'), {});
  await page.picture(join(PICTURES, 'inspector-phone.png'), { isPhone: true });
  await page.view('#/Ports%401/follow', 'Start the stream');
  await page.page.getByRole('button', { name: 'Start the stream' }).click();
  await page.page.getByText('" 3"').waitFor();
  await page.page.getByRole('button', { name: 'End' }).click();
  await page.page.getByText('The call was ended').waitFor();
}

/** Lets servers be started again, one after another, and samples the memory of the page and of the process. */
async function soak(page, { fleet, inspector }) {
  await page.view('#/', 'Servers');
  fleet.send('change');
  const samples = [];
  const end = performance.now() + MINUTES * 60_000;
  while (performance.now() < end) {
    await delay(SAMPLE_EVERY * 1_000);
    if (!fleet.connected) throw new Error('the fleet ended while the page was watched: nothing changed since');
    const sample = { page: (await page.heap()) / 1e6, process: residentOf(inspector.pid) };
    samples.push(sample);
    console.log(`${samples.length * SAMPLE_EVERY} s: page ${sample.page.toFixed(1)} MB, process ${sample.process.toFixed(1)} MB`);
  }
  fleet.send('rest');
  for (const key of ['page', 'process']) {
    const { second, last } = growthOf(samples, key);
    if (last > second * MOST_GROWTH)
      violations.push(`memory of the ${key} grew from ${second.toFixed(1)} to ${last.toFixed(1)} MB`);
  }
  return samples;
}

/** The medians of the second and of the last quarter: the first quarter fills what is bounded. */
function growthOf(samples, key) {
  const values = samples.map((sample) => sample[key]);
  const quarter = Math.max(1, Math.floor(values.length / 4));
  return { second: median(values.slice(quarter, 2 * quarter)), last: median(values.slice(-quarter)) };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Megabytes of a process in memory. */
function residentOf(pid) {
  return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4_096) / 1e6;
}

function asPage({ opened, sinceCommand, samples, version }) {
  const day = new Date().toISOString().slice(0, 10);
  const rows = ['page', 'process'].map((key) => {
    const { second, last } = growthOf(samples, key);
    const named = {
      page: 'the page in Chromium, heap after garbage collection',
      process: 'the process of `concord inspect`, resident',
    };
    return `| ${named[key]} | ${second.toFixed(1)} | ${last.toFixed(1)} |`;
  });
  const machine = `${availableParallelism()} processors with a load of ${loadavg()[1].toFixed(1)}`;
  return `# The inspector, as run

Written by \`npm run world\` on ${day}. Do not edit.

* Node ${process.version}, Chromium ${version}, ${machine}.
* The fleet has ${SERVERS} servers and 50 interfaces in one process on the same machine, and two
  callers with at most 50 calls a second each.
* Every view was visited at the width of a phone: no view is wider, and every control has an
  accessible name. An interface was found, and a call was filled in and sent, by keyboard alone.

| first view: all ${SERVERS} servers are drawn | ms |
|---|---:|
| after the address was opened, median of ${OPENINGS} | ${Math.round(median(opened))} |
| after the address was opened for the first time | ${Math.round(opened[0])} |
| after the command was started | ${Math.round(sinceCommand)} |

For ${MINUTES} minutes one server after another was stopped, and started again with another version:
about four in a second.

| memory, MB | second quarter | last quarter |
|---|---:|---:|
${rows.join('\n')}
`;
}
