/** Lets a real Prometheus scrape a fleet during an upgrade: asks it every query of the dashboard, and runs promtool over metrics and alerts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installPrometheus } from './install-missing.mjs';
import { differences, EXPECTED, PENDING } from './prometheus/expectations.mjs';
import { MeasuredFleet, SERVERS } from './prometheus/fleet.mjs';
import { Prometheus, promtool } from './prometheus/prometheus.mjs';
import { textOf } from './read-sources.mjs';
import { ROOT } from './run-command.mjs';

const PAGE = join(ROOT, 'docs/toolchains/prometheus.md');
const ALERTS = join(ROOT, 'packages/prometheus/alerts');
const { startNatsServer } = createRequire(import.meta.url)(join(ROOT, 'packages/testing/dist/index.js'));
/** Seconds over which rates are computed, and in which a phase fills them. */
const WINDOW = 6;
/** Seconds that a phase needs before its rates are counted. */
const SETTLE = 5;

const dashboard = JSON.parse(textOf('packages/prometheus/grafana/concord.dashboard.json'));
const queries = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
const rows = new Map(queries.map(({ title, expr }) => [expr, { title, before: [], during: [], after: [] }]));
const violations = [];
const tools = [];

if (await installPrometheus()) {
  checkWithPromtool('rules', ['check', 'rules', 'concord.rules.yml']);
  checkWithPromtool('alerts', ['test', 'rules', 'concord.rules.test.yml']);
  await upgradeAndAsk();
  writeFileSync(PAGE, asPage());
} else violations.push('there is no prometheus');

for (const violation of violations) console.log(violation);
console.log(`prometheus: ${queries.length} queries in 3 phases, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;

async function upgradeAndAsk() {
  const broker = await startNatsServer();
  const fleet = new MeasuredFleet(broker.url);
  let prometheus;
  try {
    await fleet.start();
    prometheus = await Prometheus.start(fleet.targets(), join(ALERTS, 'concord.rules.yml'));
    await ask('before', fleet, prometheus);
    await fleet.restart(SERVERS[0], '1.5');
    await ask('during', fleet, prometheus);
    for (const server of SERVERS.slice(1)) await fleet.restart(server, '1.5');
    await ask('after', fleet, prometheus);
    await checkMetrics(fleet);
    const { unexpected } = await fleet.counts();
    if (unexpected.length > 0) violations.push(`${unexpected.length} calls failed, for example: ${unexpected[0]}`);
  } finally {
    await prometheus?.stop();
    await fleet.stop();
    await broker.stop();
  }
}

/** Asks every query when the fleet has been in a phase for long enough, and compares the answers with what the agents counted. */
async function ask(phase, fleet, prometheus) {
  await delay(SETTLE * 1_000);
  const [first, begun] = [await fleet.counts(), performance.now()];
  await delay(WINDOW * 1_000);
  const [last, seconds] = [await fleet.counts(), (performance.now() - begun) / 1_000];
  const truth = { calls: (last.calls - first.calls) / seconds, failed: (last.failed - first.failed) / seconds };
  for (const { title, expr } of queries) {
    const found = await prometheus.query(expr.replaceAll('$job', '.*').replaceAll('$__rate_interval', `${WINDOW}s`));
    rows.get(expr)[phase] = found;
    const wrong = EXPECTED[title] === undefined ? ['is not expected'] : differences(found, EXPECTED[title]({ phase, truth }));
    violations.push(...wrong.map((sentence) => `${phase}: ${title}: ${sentence}`));
  }
  await checkRules(phase, prometheus);
  console.log(`${phase}: ${queries.length} queries, ${truth.calls.toFixed(0)} calls a second`);
}

async function checkRules(phase, prometheus) {
  const rules = await prometheus.rules();
  for (const { name, health, lastError } of rules) {
    if (health !== 'ok') violations.push(`${phase}: the rule ${name} is ${health}: ${lastError}`);
  }
  const pending = rules.filter(({ state }) => state !== 'inactive').map(({ name }) => name);
  if (pending.join() !== PENDING[phase].join()) violations.push(`${phase}: pending are ${pending}, not ${PENDING[phase]}`);
  for (const { scrapeUrl, health, lastError } of await prometheus.targets()) {
    if (health !== 'up') violations.push(`${phase}: ${scrapeUrl} is ${health}: ${lastError}`);
  }
}

/** Lets promtool check the metrics of each member, which must be without a remark. */
async function checkMetrics(fleet) {
  for (const address of Object.values(fleet.targets()).flat()) {
    const text = await fetch(`http://${address}/metrics`).then((response) => response.text());
    checkWithPromtool('metrics', ['check', 'metrics'], text);
  }
}

function checkWithPromtool(what, args, input) {
  const { code, text } = promtool(
    args.map((arg) => (arg.endsWith('.yml') ? join(ALERTS, arg) : arg)),
    input,
  );
  const isClean = code === 0 && (input === undefined || text === '');
  if (!isClean) violations.push(`promtool ${args.join(' ')}: ${text}`);
  if (!tools.some(({ name }) => name === what)) tools.push({ name: what, command: `promtool ${args.join(' ')}`, isClean });
}

/** The answers as a page, below the text that the page begins with. */
function asPage() {
  const [, version] = /version (\S+)/.exec(promtool(['--version']).text) ?? [];
  const cell = (found) => found.map(({ metric, value }) => `${valuesOf(metric)}${round(value)}`).join('; ') || 'nothing';
  const table = [...rows].map(([expr, { title, before, during, after }]) => {
    return `| ${title} | \`${expr.replaceAll('|', '\\|')}\` | ${[before, during, after].map(cell).join(' | ')} |`;
  });
  const outcome = violations.length === 0 ? 'Every answer is as expected' : `${violations.length} answers are wrong`;
  return `${readFileSync(PAGE, 'utf8').split('<!-- results -->')[0]}<!-- results -->

Run on ${new Date().toISOString().slice(0, 10)} with Prometheus ${version}. ${outcome}.

| command | result |
|---|---|
${tools.map(({ command, isClean }) => `| \`${command}\` | ${isClean ? 'clean' : 'fails'} |`).join('\n')}

| panel | query | three servers at 1.4 | one of them at 1.5 | all at 1.5 |
|---|---|---|---|---|
${table.join('\n')}
`;
}

function valuesOf(metric) {
  const values = Object.values(metric);
  return values.length === 0 ? '' : `${values.join(' ')}: `;
}

function round(value) {
  return Number(value.toPrecision(3));
}
