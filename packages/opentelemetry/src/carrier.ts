/** Writes OpenTelemetry's context into what a call carries, and reads it at the server. Baggage passes only where its key is listed. */
import type { TraceContext } from '@concord-rpc/core/engine';
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
} from '@opentelemetry/api';

/** The part of a propagator that is used. The global propagator is read at each call, so it can be set later. */
type Propagator = Pick<TextMapPropagator, 'inject' | 'extract'>;

/** Writes and reads the key `trace` of envelopes. */
export class Carrier {
  private readonly propagator: Propagator;
  private readonly keys: ReadonlySet<string>;

  /** `baggage`: the keys of entries that may pass. */
  constructor(propagator: Propagator | undefined, baggage: readonly string[]) {
    this.propagator = propagator ?? {
      inject: (context, carrier, setter) => propagation.inject(context, carrier, setter),
      extract: (context, carrier, getter) => propagation.extract(context, carrier, getter),
    };
    this.keys = new Set(baggage);
  }

  /** Returns the texts that a call carries; `undefined` if there are none. */
  write(context: Context): TraceContext | undefined {
    const texts: Record<string, string> = {};
    this.propagator.inject(this.withListedBaggage(context), texts, defaultTextMapSetter);
    for (const _ in texts) return texts;
    return undefined;
  }

  /** Returns the context that a call carried. Nothing of the context of the code that received the message is in it. */
  read(texts: TraceContext | undefined): Context {
    if (texts === undefined) return ROOT_CONTEXT;
    return this.withListedBaggage(this.propagator.extract(ROOT_CONTEXT, texts, defaultTextMapGetter));
  }

  private withListedBaggage(context: Context): Context {
    const baggage = propagation.getBaggage(context);
    if (baggage === undefined) return context;
    const unlisted = baggage.getAllEntries().flatMap(([key]) => (this.keys.has(key) ? [] : [key]));
    return unlisted.length === 0 ? context : propagation.setBaggage(context, baggage.removeEntries(...unlisted));
  }
}
