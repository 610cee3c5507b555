/** The instrumentation of a process: which facts begin, note and end which spans. */
import { type AttemptFacts, addTracer, type CallFacts, channels, type RequestFacts } from '@concord-rpc/core/engine';
import { context, diag, metrics, type Tracer, trace } from '@opentelemetry/api';
import { Carrier } from './carrier';
import { ATTEMPT_EVENT, type CallSide } from './conventions';
import { Durations } from './durations';
import { OperationSpans } from './operation-spans';
import type { OpenTelemetryOptions } from './options';
import { attemptAttributes, callAttributes, requestAttributes } from './span-attributes';
import { TracedMethods } from './traced-methods';

const NAME = '@concord-rpc/opentelemetry';

/** Starts it. Returns a function that stops it. */
export function startInstrumentation(options: OpenTelemetryOptions): () => void {
  const {
    tracerProvider = trace.getTracerProvider(),
    meterProvider = metrics.getMeterProvider(),
    propagator,
    baggage = [],
  } = options;
  const tracer: Tracer = tracerProvider.getTracer(NAME);
  const meter = meterProvider === false ? undefined : meterProvider.getMeter(NAME);
  const carrier = new Carrier(propagator, baggage);
  const parts = (side: CallSide) => ({ side, tracer, methods: new TracedMethods(side), durations: new Durations(meter, side) });
  const calls = new OperationSpans<CallFacts>(parts('client'));
  const requests = new OperationSpans<RequestFacts>(parts('server'));

  const stops = [
    listen<AttemptFacts>(channels.attempt.asyncEnd, (attempt) => {
      const at = performance.now() - attempt.milliseconds;
      calls.recorded(attempt.call)?.addEvent(ATTEMPT_EVENT, attemptAttributes(attempt), at);
    }),
    listen<CallFacts>(channels.call.asyncEnd, (call) => calls.end(call, callAttributes)),
    listen<RequestFacts>(channels.request.start, (request) => void requests.begin(request, carrier.read(request.trace))),
    listen<RequestFacts>(channels.request.asyncEnd, (request) =>
      requests.end(request, requestAttributes, ({ thrown }) => thrown),
    ),
    addTracer({
      inject: (call) => carrier.write(calls.begin(call, context.active())),
      around(request, run) {
        const within = requests.contextOf(request);
        return within === undefined ? run() : context.with(within, run);
      },
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** A channel of `node:diagnostics_channel`. */
interface FactsSource {
  subscribe(listener: (facts: unknown) => void): void;
  unsubscribe(listener: (facts: unknown) => void): void;
}

/** Subscribes to a channel; an error of OpenTelemetry goes to `diag`, because one that leaves a subscriber ends the process. Returns a function that unsubscribes. */
function listen<Facts>(channel: FactsSource, on: (facts: Facts) => void): () => void {
  const listener = (facts: unknown) => {
    try {
      on(facts as Facts);
    } catch (error) {
      diag.error(`${NAME}: the span of a call is incomplete`, error);
    }
  };
  channel.subscribe(listener);
  return () => channel.unsubscribe(listener);
}
