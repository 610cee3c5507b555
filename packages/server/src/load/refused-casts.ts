/** Logs refused casts and fanouts: the first of a kind at once, later ones as a count at most every 10 seconds. */
import type { RpcError } from '@concord-rpc/core';

/** Milliseconds between two lines of a kind. */
const PAUSE = 10_000;

/** The lines about refusals with one error code. */
interface Kind {
  count: number;
  loggedAt: number;
}

/** Casts or fanouts that were refused. Their senders get no answer, so the log is the only place that shows them; one line for each would add to the load. */
export class RefusedCasts {
  private readonly kinds = new Map<string, Kind>();

  constructor(
    /** The name of the messages in the log: `cast` or `fanout`. */
    private readonly name: string,
    private readonly log: (line: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts a refused message, and logs the count with this error if the pause has passed for its code. */
  add(error: RpcError): void {
    let kind = this.kinds.get(error.code);
    if (kind === undefined) this.kinds.set(error.code, (kind = { count: 0, loggedAt: Number.NEGATIVE_INFINITY }));
    kind.count++;
    const now = this.now();
    if (now - kind.loggedAt < PAUSE) return;
    const { name } = this;
    const what = kind.count === 1 ? `refused a ${name}: ` : `refused ${kind.count} ${name}s since the last line; the last one: `;
    this.log(`${what}${error.message}`);
    kind.count = 0;
    kind.loggedAt = now;
  }
}
