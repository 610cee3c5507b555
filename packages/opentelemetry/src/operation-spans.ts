/** Spans of operations that run: begun with the method's attributes, found again by the facts, ended with a verdict. */
import type { OutcomeFacts } from '@concord-rpc/core/engine';
import { type Attributes, type Context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { CallSide } from './conventions';
import type { Durations } from './durations';
import { isErrorOn } from './error-verdicts';
import type { TracedMethod, TracedMethods } from './traced-methods';

const KINDS: Readonly<Record<CallSide, SpanKind>> = { client: SpanKind.CLIENT, server: SpanKind.SERVER };

/** One operation that runs. */
interface RunningSpan {
  readonly method: TracedMethod;
  readonly span: Span;
  /** The context that has its span. */
  readonly context: Context;
}

/** Facts with what runs. */
type Traced = Record<symbol, RunningSpan | undefined>;

/** The parts that the spans of a side need. */
export interface OperationParts {
  readonly side: CallSide;
  readonly tracer: Tracer;
  readonly methods: TracedMethods;
  readonly durations: Durations;
}

/** The spans of one side. The context of an operation that has ended stays: its handler can still run, and log. */
export class OperationSpans<Facts extends OutcomeFacts & Parameters<TracedMethods['of']>[0]> {
  /** The key under which the facts of an operation hold its span. A symbol of each instrumentation costs less than a WeakMap. */
  private readonly running = Symbol('concord:span');

  constructor(private readonly parts: OperationParts) {}

  /** Begins the span of an operation. Returns the context that has it. */
  begin(facts: Facts, parent: Context): Context {
    const { side, tracer, methods } = this.parts;
    const method = methods.of(facts);
    const span = tracer.startSpan(method.spanName, { kind: KINDS[side], attributes: method.start }, parent);
    const context = trace.setSpan(parent, span);
    traced(facts)[this.running] = { method, span, context };
    return context;
  }

  /** Returns the context that has the span of an operation; `undefined` if the operation began before the instrumentation. */
  contextOf(facts: Facts): Context | undefined {
    return traced(facts)[this.running]?.context;
  }

  /** Returns the span of an operation if it is recorded. */
  recorded(facts: Facts): Span | undefined {
    const span = traced(facts)[this.running]?.span;
    return span?.isRecording() ? span : undefined;
  }

  /** Ends the span, and measures the operation. `attributesOf` and `thrownBy` are asked only for a span that is recorded. */
  end(facts: Facts, attributesOf: (facts: Facts) => Attributes, thrownBy?: (facts: Facts) => unknown): void {
    const running = traced(facts)[this.running];
    if (running === undefined) return;
    const { method, span, context } = running;
    const { side, durations } = this.parts;
    const { verdict, error } = facts;
    if (span.isRecording()) {
      span.setAttributes(method.ended(verdict!));
      span.setAttributes(attributesOf(facts));
      if (isErrorOn(side, verdict!)) {
        const thrown = thrownBy?.(facts);
        if (thrown !== undefined) span.recordException(thrown instanceof Error ? thrown : String(thrown));
        span.setStatus({ code: SpanStatusCode.ERROR, message: error?.rawMessage });
      }
    }
    span.end();
    durations.record(method, facts, context);
  }
}

function traced(facts: object): Traced {
  return facts as Traced;
}
