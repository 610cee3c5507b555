/** Formats a run as a Markdown page: machine, method, tables and contenders. */
import { formatPercent, table } from './format.mjs';
import { lateSection } from './late-section.mjs';
import { aloneTable, coldStartTable, cpuTable, latencyTable, throughputTable } from './report-calls.mjs';
import { goalsTable } from './report-goals.mjs';
import { fleetTable, memoryTable, scaleTable } from './report-scale.mjs';
import { spreadOf } from './statistics.mjs';
import { MAIN } from './workloads.mjs';

/** Returns the page. `million`: the saved memory measurement over a million calls, if there is one. */
export function formatReport(result) {
  const { rows, contenders, million } = result;
  const sections = [
    ['Goals', goalsTable(rows, result.plan)],
    ['Throughput', throughputTable(rows, contenders)],
    ['CPU per call', cpuTable(rows, contenders, MAIN)],
    ['Each process alone', aloneTable(rows, contenders)],
    ['Fanout, groups, many methods', scaleTable(rows, contenders)],
    ['200 servers on one broker', fleetTable(rows, contenders)],
    ['Latency at half load', latencyTable(rows, contenders)],
    ['Cold start', coldStartTable(rows, contenders)],
    ['Memory', memoryTable(rows, contenders, million)],
    ['Late parts', lateSection()],
    ['Contenders', contendersTable(contenders)],
  ];
  const body = sections.filter(([, text]) => text !== undefined).map(([title, text]) => `## ${title}\n\n${text}`);
  return `${['# Results', introduction(result), ...body].join('\n\n')}\n`;
}

function introduction({ rows, machine, plan, quick, seconds }) {
  const foreign = spreadOf(rows.map((row) => row.foreign).filter((share) => share !== undefined));
  const others =
    foreign === undefined
      ? ''
      : `; while measuring, others took ${formatPercent(foreign.median)} of the CPU (median; up to ${formatPercent(foreign.greatest)})`;
  const { runs, rounds } = plan;
  const medians =
    runs === 1
      ? `medians of ${rounds} rounds (fewer where a table says so), least and greatest in parentheses`
      : `medians over ${runs} runs, each with processes of its own, of the run's median over ${rounds} rounds (fewer where a table says so), least and greatest run in parentheses`;
  return [
    `Measured on ${machine.date} in ${seconds} s by \`npm run bench\`${quick ? ' in its **quick** form, whose figures mean nothing' : ''}: ${machine.cpu}, ${machine.cores} cores, ${machine.memory}; ${machine.os}; Node ${machine.node}; nats-server ${machine.nats}.`,
    `Load average before the run ${machine.load.join(', ')}${others}.`,
    '',
    `Client, server and nats-server each have their own process. Figures are ${medians}; "× raw" is the ratio to \`nc.request()\` **in the same round**. Within a round the contenders take turns. bench/README.md says how to read and repeat this.`,
  ].join('\n');
}

function contendersTable(contenders) {
  const yes = (does) => (does ? 'yes' : 'no');
  return table(
    ['', 'description', 'validates arguments', 'checks versions'],
    contenders.map(({ title, about, validates, versions }) => [title, about, yes(validates), yes(versions)]),
    '---',
  );
}
