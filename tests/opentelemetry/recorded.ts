/** OpenTelemetry's SDK with exporters that keep what they get, and the instrumentation, for the tests of a block. */
import { instrumentOpenTelemetry, type OpenTelemetryOptions } from '@concord-rpc/opentelemetry';
import { context, metrics, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** The points of one histogram. */
export type DurationPoints = Extract<MetricData, { dataPoints: { value: Histogram }[] }>;

/** The spans and measurements that the SDK exported while a test ran. */
export class Recorded {
  private readonly exporter = new InMemorySpanExporter();
  private readonly measurements = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  private readonly meters: MeterProvider;
  private stop: () => void;

  constructor(options: OpenTelemetryOptions, sampler?: Sampler) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(
      new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
    );
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.exporter)], ...(sampler && { sampler }) }),
    );
    this.meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: this.measurements })] });
    metrics.setGlobalMeterProvider(this.meters);
    this.stop = instrumentOpenTelemetry(options);
  }

  /** The spans that have ended, in the order of their begin. */
  get spans(): ReadableSpan[] {
    return this.exporter.getFinishedSpans().sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1]);
  }

  of(kind: SpanKind): ReadableSpan[] {
    return this.spans.filter((span) => span.kind === kind);
  }

  get clients(): ReadableSpan[] {
    return this.of(SpanKind.CLIENT);
  }

  get servers(): ReadableSpan[] {
    return this.of(SpanKind.SERVER);
  }

  /** The histograms, by name. */
  async durations(): Promise<Record<string, DurationPoints>> {
    this.measurements.reset();
    await this.meters.forceFlush();
    const [batch] = this.measurements.getMetrics();
    const found = batch?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
    return Object.fromEntries(found.map((metric) => [metric.descriptor.name, metric as DurationPoints]));
  }

  async end(): Promise<void> {
    this.stop();
    await this.meters.shutdown();
    for (const api of [context, propagation, trace, metrics]) api.disable();
  }
}

/** Records during each test of the enclosing block. */
export function useRecorded(options: OpenTelemetryOptions = {}, sampler?: Sampler): () => Recorded {
  let recorded: Recorded;
  beforeEach(() => {
    recorded = new Recorded(options, sampler);
  });
  afterEach(() => recorded.end());
  return () => recorded;
}

/** The id of the span that is current; `undefined` outside of spans. */
export function currentSpanId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().spanId;
}
