/** Calls about which the access policy has not decided yet. */
import { RpcError } from '@concord-rpc/core';
import type { IncomingRequest } from '../request/incoming-request';

/** What becomes of a call when the policy has decided. */
export interface Decision {
  /** It may run: goes on with it, or throws what it is to be refused with. */
  proceed(exchange: IncomingRequest): void;
  /** What it is refused with if its caller has gone meanwhile. */
  expired(exchange: IncomingRequest): RpcError;
  refuse(exchange: IncomingRequest, thrown: unknown): void;
  /** One more is decided. */
  onDecided(): void;
}

/** Holds calls until they may run. */
export class UndecidedCalls {
  private readonly calls = new Set<IncomingRequest>();

  constructor(private readonly decision: Decision) {}

  get size(): number {
    return this.calls.size;
  }

  /** Goes on with a call when it is allowed. `allowed` rejects with what it is refused with. */
  async hold(exchange: IncomingRequest, allowed: Promise<void>): Promise<void> {
    const { decision } = this;
    this.calls.add(exchange);
    try {
      await allowed;
      if (exchange.abandoned) return;
      if (exchange.isOver) throw decision.expired(exchange);
      decision.proceed(exchange);
    } catch (thrown) {
      decision.refuse(exchange, thrown);
    } finally {
      this.calls.delete(exchange);
      decision.onDecided();
    }
  }

  /** They will not run, whatever the policy says; their callers are told. */
  dropAll(why: string): void {
    for (const exchange of this.calls) {
      this.decision.refuse(
        exchange,
        new RpcError('server_stopped', `${exchange.label}: ${why}`, { executed: 'no', retryable: true }),
      );
      exchange.abandoned = true;
    }
    this.calls.clear();
  }
}
