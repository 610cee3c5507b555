/** Starting and ending the instrumentation: once in a process, also with two copies of the package; and what calls that are not sampled cost. */
import 'reflect-metadata';
import { instrumentOpenTelemetry } from '@concord-rpc/opentelemetry';
import { prometheusMetrics } from '@concord-rpc/prometheus';
import {
  diag,
  type Span,
  type SpanContext,
  type TextMapPropagator,
  TraceFlags,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base';
import { createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { Registry } from 'prom-client';
import { until } from '../fixtures/until';
import { useRecorded } from './recorded';

@Endpoint({ topic: 'sums' })
abstract class Sums {
  @RpcMethod() add(_a: number, _b: number): Promise<number> {
    return remote();
  }
}

const transport = new MemoryTransport();
let within: SpanContext | undefined;
const server = new RpcServer(transport).register(Sums, {
  add: async (a, b) => {
    within = trace.getActiveSpan()?.spanContext();
    return a + b;
  },
});
const sums = createClient(transport, Sums);
beforeAll(() => server.start());
afterAll(async () => {
  await server.stop();
  await transport.close();
});

/** Another copy of the package, as an application has that installed two versions. */
function anotherCopy(): typeof instrumentOpenTelemetry {
  let copy!: typeof instrumentOpenTelemetry;
  jest.isolateModules(() => {
    copy = require('@concord-rpc/opentelemetry').instrumentOpenTelemetry;
  });
  return copy;
}

describe('two instrumentations', () => {
  const recorded = useRecorded();

  test.each([
    ['of one copy of the package', () => instrumentOpenTelemetry],
    ['of two copies of the package', anotherCopy],
  ])('%s count each call once, until both have ended', async (_, take) => {
    const instrument = take();
    expect(instrument === instrumentOpenTelemetry).toBe(take !== anotherCopy);
    const stop = instrument();
    const counted = async () => {
      const { 'rpc.client.call.duration': client, 'rpc.server.call.duration': server } = await recorded().durations();
      const points = [...client!.dataPoints, ...server!.dataPoints];
      return [recorded().spans.length, ...points.map(({ value }) => value.count)];
    };
    await sums.add(1, 2);
    await until(() => recorded().servers.length === 1);
    expect(await counted()).toEqual([2, 1, 1]);
    stop();
    stop();
    await sums.add(1, 2); // the first one runs
    await until(() => recorded().servers.length === 2);
    expect(await counted()).toEqual([4, 2, 2]);
    await recorded().end();
    await sums.add(1, 2);
    expect(recorded().spans).toHaveLength(4);
  });
});

describe('with metrics of Prometheus in the same process', () => {
  const recorded = useRecorded();

  test('both count each call once', async () => {
    const register = new Registry();
    const { end } = prometheusMetrics({ register, servers: [server] });
    for (let call = 1; call <= 5; call++) await sums.add(call, 1);
    await until(() => recorded().servers.length === 5);
    const durations = await recorded().durations();
    for (const side of ['client', 'server'] as const) {
      expect(durations[`rpc.${side}.call.duration`]!.dataPoints.map(({ value }) => value.count)).toEqual([5]);
      const count = `rpc_${side}_call_duration_seconds_count`;
      expect((await register.metrics()).split('\n').filter((line) => line.startsWith(count))).toEqual([
        expect.stringMatching(/ 5$/),
      ]);
    }
    end();
  });
});

describe('a call that is not sampled', () => {
  const recorded = useRecorded({}, new AlwaysOffSampler());

  test('has no span, and is measured', async () => {
    await sums.add(1, 2);
    expect(recorded().spans).toEqual([]);
    expect(within).toMatchObject({ traceFlags: TraceFlags.NONE });
    const { 'rpc.client.call.duration': client, 'rpc.server.call.duration': server } = await recorded().durations();
    expect([client, server].map((each) => each!.dataPoints[0]!.value.count)).toEqual([1, 1]);
  });
});

test('attributes are built once for a method, and not for a call that is not sampled', async () => {
  const started: unknown[] = [];
  const measured: unknown[] = [];
  const neverCalled = () => {
    throw new Error('built for a span that is not recorded');
  };
  const span = {
    isRecording: () => false,
    spanContext: () => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 0 }),
    end: () => undefined,
    setAttribute: neverCalled,
    setAttributes: neverCalled,
    addEvent: neverCalled,
    setStatus: neverCalled,
    recordException: neverCalled,
  } as unknown as Span;
  const startSpan = (_: string, { attributes }: { attributes: unknown }) => {
    started.push(attributes);
    return span;
  };
  const meter = { createHistogram: () => ({ record: (_: number, attributes: unknown) => void measured.push(attributes) }) };
  const errors = jest.fn();
  diag.setLogger({
    error: errors,
    warn: () => undefined,
    info: () => undefined,
    debug: () => undefined,
    verbose: () => undefined,
  });
  const stop = instrumentOpenTelemetry({
    tracerProvider: { getTracer: () => ({ startSpan }) } as unknown as TracerProvider,
    meterProvider: { getMeter: () => meter } as never,
  });
  try {
    for (let call = 0; call < 3; call++) await sums.add(1, 2);
    await until(() => measured.length === 6);
    expect([started.length, new Set(started).size]).toEqual([6, 2]);
    expect(new Set(measured).size).toBe(2);
    expect(errors).not.toHaveBeenCalled();
  } finally {
    stop();
    diag.disable();
  }
});

test('an SDK that throws changes no call', async () => {
  const fail = () => {
    throw new Error('no');
  };
  const throwing = { inject: fail, extract: fail, fields: () => [] } as unknown as TextMapPropagator;
  for (const options of [
    { propagator: throwing },
    { tracerProvider: { getTracer: () => ({ startSpan: fail }) } as unknown as TracerProvider, TraceFlags, trace },
    { meterProvider: { getMeter: () => ({ createHistogram: () => ({ record: fail }) }) } as never },
  ]) {
    const stop = instrumentOpenTelemetry(options);
    expect(await sums.add(1, 2)).toBe(3);
    stop();
  }
});

test('a propagator of its own writes and reads the keys', async () => {
  const seen: unknown[] = [];
  const propagator: TextMapPropagator = {
    fields: () => ['mine'],
    inject: (_, carrier, setter) => setter.set(carrier, 'mine', 'x'),
    extract: (context, carrier, getter) => {
      seen.push(getter.get(carrier, 'mine'));
      return context;
    },
  };
  const stop = instrumentOpenTelemetry({ propagator, meterProvider: false });
  await sums.add(1, 2);
  stop();
  expect(seen).toEqual(['x']);
});

test.each([['tenant'], [[1]], [['']], [[undefined]], [null]])('the baggage %j is refused', (baggage) => {
  expect(() => instrumentOpenTelemetry({ baggage: baggage as never })).toThrow(
    '[invalid_argument] baggage must be a list of keys',
  );
});
