/** Measures the cost of OpenTelemetry per call, client and server in one process for each case: `node bench/opentelemetry.mjs` after a build. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { context, propagation } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { formatMicros, formatRatio, formatSpread, table } from './format.mjs';
import { spreadOf } from './statistics.mjs';

const ROUNDS = 20;
const WARM = 3;
const CALLS = 4_000;
const IN_FLIGHT = 64;

/** An exporter that costs nothing: what a collector and its protocol cost is not measured. */
const nowhere = { export: (_, done) => done({ code: 0 }), shutdown: async () => undefined, forceFlush: async () => undefined };

const tracing = (sampler) =>
  new BasicTracerProvider({ sampler, spanProcessors: [new BatchSpanProcessor(nowhere, { maxQueueSize: 1_000_000 })] });
const measuring = () =>
  new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: new InMemoryMetricExporter(AggregationTemporality.DELTA) })],
  });

/** The cases: options of the instrumentation; `undefined`: the process has none. */
const CASES = [
  { title: 'not instrumented', options: () => undefined },
  { title: 'measurements only', options: () => ({ meterProvider: measuring() }) },
  { title: 'no call is sampled', options: () => ({ tracerProvider: tracing(new AlwaysOffSampler()), meterProvider: false }) },
  { title: 'every call is sampled', options: () => ({ tracerProvider: tracing(new AlwaysOnSampler()), meterProvider: false }) },
  {
    title: 'every call is sampled, and measurements',
    options: () => ({ tracerProvider: tracing(new AlwaysOnSampler()), meterProvider: measuring() }),
  },
];

const [, , index] = process.argv;
if (index === undefined) await compare();
else await serve(CASES[index].options());

/** Runs the cases in processes of their own, in turn, and prints the table. */
async function compare() {
  const runs = CASES.map(({ title }, at) => ({ title, micros: [], child: fork(import.meta.filename, [String(at)]) }));
  await Promise.all(runs.map(({ child }) => once(child, 'message')));
  for (let round = -WARM; round < ROUNDS; round++) {
    const first = Math.abs(round) % runs.length;
    for (const { child, micros } of [...runs.slice(first), ...runs.slice(0, first)]) {
      child.send('measure');
      const [result] = await once(child, 'message');
      if (round >= 0) micros.push(result);
    }
  }
  for (const { child } of runs) child.disconnect();
  const [base] = runs;
  const lines = runs.map(({ title, micros }) => [
    title,
    formatSpread(spreadOf(micros), formatMicros),
    formatSpread(spreadOf(micros.map((each, round) => each / base.micros[round])), formatRatio),
  ]);
  const about = `By \`node bench/opentelemetry.mjs\` (${cpus()[0].model.trim()}, Node ${process.version}): ${IN_FLIGHT} calls in flight on the memory transport, a text there and back. Medians of ${ROUNDS} rounds in turn, least and greatest in parentheses; the ratio is to the first line in the same round.`;
  console.log(`${about}\n\n${table(['', 'CPU per call, µs', '× not instrumented'], lines)}`);
}

/** Runs a client and a server; measures when the parent says so. */
async function serve(options) {
  const require = createRequire(new URL('../packages/concord-rpc/dist/index.js', import.meta.url));
  const { Arg, createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer } = require('concord-rpc');
  const { instrumentOpenTelemetry } = require('@concord-rpc/opentelemetry');
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  if (options !== undefined) instrumentOpenTelemetry(options);
  class Ports {
    list() {}
  }
  Arg({ name: 'host', type: String })(Ports.prototype, 'list', 0);
  RpcMethod({ returns: String })(Ports.prototype, 'list', Object.getOwnPropertyDescriptor(Ports.prototype, 'list'));
  Endpoint({ topic: 'ports' })(Ports);
  const transport = new MemoryTransport();
  await new RpcServer(transport, { server: 's' }).register(Ports, { list: async (host) => host }).start();
  const ports = createClient(transport, Ports);
  process.on('message', async () => process.send(await measure(() => ports.list('node-1.example.com'))));
  process.on('disconnect', () => process.exit());
  process.send('ready');
}

/** Returns microseconds of CPU per call. */
async function measure(call) {
  let left = CALLS;
  const caller = async () => {
    while (left-- > 0) await call();
  };
  const start = process.cpuUsage();
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  const { user, system } = process.cpuUsage(start);
  return (user + system) / CALLS;
}
