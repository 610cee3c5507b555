/** Spans and measurements as the OTLP exporters of processes send them to a collector, read back from the bytes. Needs the build. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import type { Attributes } from '@opentelemetry/api';
import { type KeyValue, type OtlpSink, type OtlpSpan, startOtlpSink } from './otlp-sink';
import { type TreeSpan, textOf, treesOf } from './span-tree';

/** Kinds as OTLP numbers them. */
const KINDS: Readonly<Record<number, TreeSpan['kind']>> = { 1: 'INTERNAL', 2: 'SERVER', 3: 'CLIENT' };

const READ_TYPESCRIPT = join(__dirname, '../rpc/lifecycle/processes/read-typescript.cjs');
const [, shown] = /<!-- trace:begin -->\n\n```text\n([\s\S]*?)\n```/.exec(
  readFileSync(join(__dirname, '../../docs/guides/opentelemetry.md'), 'utf8'),
)!;

let sink: OtlpSink;
let nats: NatsServer | undefined;
const processes: ChildProcess[] = [];
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  for (const each of processes.splice(0)) each.kill('SIGKILL');
  await sink.stop();
  await nats?.stop();
  nats = undefined;
});

/** Starts a process. Resolves when it is ready. */
async function startProcess(...args: string[]): Promise<void> {
  const child = fork(join(__dirname, 'traced-process.ts'), args, { execArgv: ['-r', READ_TYPESCRIPT] });
  processes.push(child);
  await once(child, 'message');
}

/** Ends the processes. Resolves when they have exported everything. */
async function endProcesses(): Promise<void> {
  const exits = processes.map((each) => once(each, 'exit'));
  for (const each of processes) each.send('end');
  expect((await Promise.all(exits)).map(([code]) => code)).toEqual(processes.map(() => 0));
}

test.each([
  ['of one process, in memory', ['both']],
  ['of two processes, on nats', ['agent', 'plugin']],
])('a collector gets the spans %s, as the tree that the guide shows, and the durations', async (_, services) => {
  if (services.length === 2) {
    nats = await startNatsServer();
    await startProcess('agent', sink.url, nats.url);
    await startProcess('plugin', sink.url, nats.url);
  } else await startProcess('both', sink.url);
  await endProcesses();

  expect([...new Set(sink.spans.map(({ resource }) => attributesOf(resource.attributes)['service.name']))].sort()).toEqual(
    services,
  );
  const scopes = sink.spans.flatMap(({ scopeSpans }) => scopeSpans);
  const own = scopes.filter(({ scope }) => scope.name === '@concord-rpc/opentelemetry').flatMap((each) => each.spans);
  expect(own).toHaveLength(6);
  const spans = scopes.flatMap((each) => each.spans);
  expect(new Set(spans.map(({ traceId }) => hex(traceId))).size).toBe(1);
  const trees = treesOf(spans.sort(byBegin).map(fromOtlp));
  expect(trees.map((tree) => textOf(tree).join('\n'))).toEqual([shown]);

  const setUp = own.find(({ kind, name }) => KINDS[kind] === 'SERVER' && name === 'AgentApi/setUp')!;
  expect(attributesOf(setUp.attributes)).toMatchObject({
    'rpc.system.name': 'concord',
    'rpc.method': 'AgentApi/setUp',
    'rpc.status_code': 'ok',
    'server.address': 'default/l2-agent',
    'concord.server': 'host-1',
  });

  const measured = sink.metrics.flatMap(({ scopeMetrics }) => scopeMetrics).flatMap(({ metrics }) => metrics);
  const counts = measured.flatMap(({ name, unit, histogram }) =>
    histogram.dataPoints.map(({ attributes, count }) => `${name} ${unit} ${attributesOf(attributes)['rpc.method']} ${count}`),
  );
  const methods = ['AgentApi/setUp', 'PluginApi/ports', 'PluginApi/portsUp'];
  expect(counts.sort()).toEqual(
    ['client', 'server'].flatMap((side) => methods.map((each) => `rpc.${side}.call.duration s ${each} 1`)),
  );
});

function byBegin(a: OtlpSpan, b: OtlpSpan): number {
  return Number(a.startTimeUnixNano) - Number(b.startTimeUnixNano);
}

function fromOtlp({ spanId, parentSpanId, name, kind, attributes }: OtlpSpan): TreeSpan {
  const parent = hex(parentSpanId);
  return {
    id: hex(spanId),
    parent: parent === '' ? undefined : parent,
    name: name,
    kind: KINDS[kind]!,
    attributes: attributesOf(attributes),
  };
}

function hex(id: Uint8Array | null | undefined): string {
  return Buffer.from(id ?? []).toString('hex');
}

function attributesOf(pairs: readonly KeyValue[]): Attributes {
  const values = pairs.map(({ key, value }) => {
    const number = value.intValue == null ? value.doubleValue : Number(value.intValue);
    return [key, value.stringValue ?? value.boolValue ?? number];
  });
  return Object.fromEntries(values);
}
