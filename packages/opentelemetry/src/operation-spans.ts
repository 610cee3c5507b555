/** Spans of operations that run: begun with the method's attributes, found again by the facts, ended with a verdict. */
import type { OutcomeFacts } from '@concord-rpc/core/engine';
import { type Attributes, type Context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { Side } from './conventions';
import type { Durations } from './durations';
import { isErrorOn } from './error-verdicts';
import type { MethodTable, TracedMethod } from './method-table';

const KINDS: Readonly<Record<Side, SpanKind>> = { client: SpanKind.CLIENT, server: SpanKind.SERVER };

/** One operation that runs. */
interface Running {
  readonly method: TracedMethod;
  readonly span: Span;
  /** The context that has its span. */
  readonly context: Context;
}

/** The parts that the spans of a side need. */
export interface OperationParts {
  readonly side: Side;
  readonly tracer: Tracer;
  readonly methods: MethodTable;
  readonly durations: Durations;
}

/** The spans of one side. The context of an operation that has ended stays: its handler can still run, and log. */
export class OperationSpans<Facts extends OutcomeFacts & Parameters<MethodTable['of']>[0]> {
  private readonly running = new WeakMap<Facts, Running>();

  constructor(private readonly parts: OperationParts) {}

  /** Begins the span of an operation. Returns the context that has it. */
  begin(facts: Facts, parent: Context): Context {
    const { side, tracer, methods } = this.parts;
    const method = methods.of(facts);
    const span = tracer.startSpan(method.spanName, { kind: KINDS[side], attributes: method.start }, parent);
    const context = trace.setSpan(parent, span);
    this.running.set(facts, { method, span, context });
    return context;
  }

  /** Returns the context that has the span of an operation; `undefined` if the operation began before the instrumentation. */
  contextOf(facts: Facts): Context | undefined {
    return this.running.get(facts)?.context;
  }

  /** Returns the span of an operation if it is recorded. */
  recorded(facts: Facts): Span | undefined {
    const span = this.running.get(facts)?.span;
    return span?.isRecording() ? span : undefined;
  }

  /** Ends the span, and measures the operation. `attributesOf` and `thrownBy` are asked only for a span that is recorded. */
  end(facts: Facts, attributesOf: (facts: Facts) => Attributes, thrownBy?: (facts: Facts) => unknown): void {
    const running = this.running.get(facts);
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
