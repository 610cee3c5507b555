/** The histogram of one side: how long its calls took, by method and verdict. */

import type { CallVerdict } from '@concord-rpc/core/engine';
import type { Context, Histogram, Meter } from '@opentelemetry/api';
import { BUCKETS, type CallSide, DURATIONS } from './conventions';
import type { TracedMethod } from './traced-methods';

/** Measures the calls of one side, in seconds. */
export class Durations {
  private readonly histogram: Histogram | undefined;

  /** `meter`: `undefined` if nothing is measured. */
  constructor(meter: Meter | undefined, side: CallSide) {
    const { name, description } = DURATIONS[side];
    this.histogram = meter?.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: BUCKETS } });
  }

  /** Measures one call. `context` has its span, for exemplars. */
  record(method: TracedMethod, ended: { milliseconds: number; verdict: CallVerdict | undefined }, context: Context): void {
    this.histogram?.record(ended.milliseconds / 1_000, method.ended(ended.verdict!), context);
  }
}
