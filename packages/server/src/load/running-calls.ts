/** The calls whose handlers run: added and removed without searching. */
import type { IncomingRequest } from '../request/incoming-request';

/** A set of calls, each of which knows its place in it. */
export class RunningCalls {
  private readonly calls: IncomingRequest[] = [];

  add(exchange: IncomingRequest): void {
    exchange.place = this.calls.push(exchange) - 1;
  }

  remove(exchange: IncomingRequest): void {
    const { place } = exchange;
    if (place < 0) return;
    exchange.place = -1;
    const last = this.calls.pop()!;
    if (last === exchange) return;
    this.calls[place] = last;
    last.place = place;
  }

  /** Those that run now; may be gone through while they end. */
  all(): IncomingRequest[] {
    return this.calls.slice();
  }

  /** Those whose callers have stopped waiting. */
  overdue(now: number): IncomingRequest[] {
    return this.calls.filter(({ deadline }) => deadline <= now);
  }
}
