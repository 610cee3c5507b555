/** The options of the instrumentation. */
import type { MeterProvider, TextMapPropagator, TracerProvider } from '@opentelemetry/api';

/** The parts of OpenTelemetry that the instrumentation uses. By default they are those that are registered globally. */
export interface OpenTelemetryOptions {
  readonly tracerProvider?: TracerProvider;
  /** `false`: nothing is measured, for example because `@concord-rpc/prometheus` measures it. */
  readonly meterProvider?: MeterProvider | false;
  /** Writes and reads what calls carry. The keys `traceparent` and `tracestate` are those of `W3CTraceContextPropagator`. */
  readonly propagator?: TextMapPropagator;
  /** The keys of baggage that calls carry, and that servers accept. By default none: baggage can hold what a peer must not know. */
  readonly baggage?: readonly string[];
}
