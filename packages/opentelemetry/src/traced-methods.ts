/** The attributes that are the same for all calls of a method, built once for each of them. */
import { type CallFacts, type CallVerdict, type RequestFacts, type Target } from '@concord-rpc/core/engine';
import type { Attributes } from '@opentelemetry/api';
import { ATTRIBUTES, type CallSide, OTHER_METHOD, SYSTEM } from './conventions';
import { isErrorOn } from './error-verdicts';

/** One method on one side: the name of its spans, and attributes that its spans and measurements share. */
export class TracedMethod {
  private readonly measured = new Map<CallVerdict, Attributes>();

  constructor(
    private readonly side: CallSide,
    readonly spanName: string,
    /** The attributes with which its spans begin: samplers see them. */
    readonly start: Attributes,
  ) {}

  /** Returns the attributes of a measurement, and of every span that ends with this verdict. */
  ended(verdict: CallVerdict): Attributes {
    let attributes = this.measured.get(verdict);
    if (attributes === undefined) {
      attributes = { ...this.start, [ATTRIBUTES.statusCode]: verdict };
      if (isErrorOn(this.side, verdict)) attributes[ATTRIBUTES.errorType] = verdict;
      this.measured.set(verdict, attributes);
    }
    return attributes;
  }
}

/** The methods of one side. */
export class TracedMethods {
  private readonly byTarget = new WeakMap<Target, Map<string, TracedMethod>>();
  private readonly other: TracedMethod;

  constructor(private readonly side: CallSide) {
    this.other = new TracedMethod(side, SYSTEM, { [ATTRIBUTES.system]: SYSTEM, [ATTRIBUTES.method]: OTHER_METHOD });
  }

  /** Returns the method of a call or a request. All methods that a server does not know are one. */
  of({ contract, method, target }: CallFacts | RequestFacts): TracedMethod {
    if (contract === undefined || method === undefined || target === undefined) return this.other;
    let methods = this.byTarget.get(target);
    if (methods === undefined) this.byTarget.set(target, (methods = new Map()));
    const name = `${contract}/${method}`;
    let known = methods.get(name);
    if (known === undefined) {
      const start = { [ATTRIBUTES.system]: SYSTEM, [ATTRIBUTES.method]: name, [ATTRIBUTES.serverAddress]: addressOf(target) };
      methods.set(name, (known = new TracedMethod(this.side, name, start)));
    }
    return known;
  }
}

/** Returns the address of the servers of a topic: `exchange/topic`. */
function addressOf({ exchange, topic }: Target): string {
  return `${exchange}/${topic}`;
}
