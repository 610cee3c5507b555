/** Measures the cost of versions per call, client and server in one process. Run `node bench/late-parts.mjs` after a build. */
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { formatMicros, formatRatio, formatSpread, table } from './format.mjs';
import { writeLateSection } from './late-section.mjs';
import { spreadOf } from './statistics.mjs';

const ROUNDS = 30;
const SLICE = 120;
const IN_FLIGHT = 64;

/** `CONCORD_ROOT`: another built checkout to compare with. */
const require = createRequire(
  new URL('packages/concord-rpc/dist/index.js', process.env.CONCORD_ROOT ?? new URL('..', import.meta.url)),
);
const { Arg, createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer, Since } = require('concord-rpc');
const { IsOptional, IsString } = require('class-validator');

const PLAIN = { network: 'n', tenant: 't' };
const LATE = { ...PLAIN, mac: 'fa:16:3e:23:fd:d7' };

/** The cases: client version, server version and arguments. */
const CASES = [
  { title: 'no late part in the contract', client: '1.0', server: '1.0', filter: PLAIN },
  { title: 'late parts, none used', client: '1.3', server: '1.3', filter: PLAIN },
  { title: 'a late field used and served', client: '1.3', server: '1.3', filter: LATE },
  { title: 'the field omitted: only older servers', client: '1.3', server: '1.0', filter: LATE },
  { title: 'a renamed method, served under its new name', client: '1.3', server: '1.3', filter: PLAIN, renamed: true },
  {
    title: 'a renamed method, sent by its former name: only older servers',
    client: '1.3',
    server: '1.0',
    filter: PLAIN,
    renamed: true,
  },
];

/** Returns the contract of a case at a version. Each case has its own topic. */
function contractOf(topic, version, renamed) {
  class Filter {}
  const fields = version === '1.0' ? ['network', 'tenant'] : ['network', 'tenant', 'mac', 'owner'];
  for (const field of fields) for (const decorate of [IsOptional(), IsString()]) decorate(Filter.prototype, field);
  class Ports {
    list() {}
    find() {}
  }
  const name = renamed && version !== '1.0' ? 'find' : 'list';
  Arg({ name: 'host', type: String })(Ports.prototype, name, 0);
  Arg({ name: 'filter', type: Filter })(Ports.prototype, name, 1);
  if (version !== '1.0' && !renamed) {
    for (const field of ['mac', 'owner']) Since('1.3', { droppable: true })(Filter.prototype, field);
    Arg({ name: 'page', type: Number })(Ports.prototype, name, 2);
    Since('1.2')(Ports.prototype, name, 2);
  }
  const rename = name === 'find' ? { since: '1.3', aliases: ['list'] } : {};
  RpcMethod({ returns: String, ...rename })(Ports.prototype, name, Object.getOwnPropertyDescriptor(Ports.prototype, name));
  Endpoint({ topic, version, name: 'Ports' })(Ports);
  return Ports;
}

const transport = new MemoryTransport();
const runs = [];
for (const [index, { title, client, server, filter, renamed }] of CASES.entries()) {
  const handler = async (host) => host;
  const served = new RpcServer(transport, { server: `s${index}` });
  served.register(contractOf(`late-${index}`, server, renamed), { list: handler, find: handler });
  await served.start();
  const calls = createClient(transport, contractOf(`late-${index}`, client, renamed));
  const call = renamed ? calls.find : calls.list;
  runs.push({ title, server: served, call: () => call('node-1.example.com', filter), micros: [] });
}

for (let round = -2; round < ROUNDS; round++) {
  const first = Math.abs(round) % runs.length;
  for (const run of [...runs.slice(first), ...runs.slice(0, first)]) {
    const micros = await measure(run.call);
    if (round >= 0) run.micros.push(micros);
  }
}
await Promise.all(runs.map(({ server }) => server.stop()));

const text = report();
console.log(text);
if (process.env.CONCORD_ROOT === undefined) writeLateSection(text);

/** Returns microseconds of CPU per call over a slice of time. */
async function measure(call) {
  const until = performance.now() + SLICE;
  const start = process.cpuUsage();
  let done = 0;
  const caller = async () => {
    for (; performance.now() < until; done++) await call();
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  const { user, system } = process.cpuUsage(start);
  return (user + system) / done;
}

function report() {
  const [base] = runs;
  const lines = runs.map(({ title, micros }) => [
    title,
    formatSpread(spreadOf(micros), formatMicros),
    formatSpread(spreadOf(micros.map((each, round) => each / base.micros[round])), formatRatio),
  ]);
  const date = new Date().toISOString().slice(0, 10);
  const about = `By \`node bench/late-parts.mjs\` on ${date} (${cpus()[0].model.trim()}, Node ${process.version}): client and server in one process on the memory transport, ${IN_FLIGHT} calls in flight, a text and a DTO of two or three fields there, a text back. Medians of ${ROUNDS} rounds in turn, least and greatest in parentheses; the ratio is to the first line in the same round.`;
  return `${about}\n\n${table(['', 'CPU per call, µs', '× no late part'], lines)}`;
}
