/** Requests that wait for the decision of an asynchronous access policy. */
import { RpcError } from '@concord-rpc/core';
import type { IncomingRequest } from '../request/incoming-request';

/** Receives requests when the policy has decided. */
export interface Decision {
  /** Continues with an allowed request, or throws its refusal. */
  proceed(request: IncomingRequest): void;
  /** Returns the refusal of a request whose caller has stopped waiting. */
  expired(request: IncomingRequest): RpcError;
  refuse(request: IncomingRequest, thrown: unknown): void;
  /** Called after each decision. */
  onDecided(): void;
}

/** Holds requests until they are allowed or refused. */
export class DecidingRequests {
  private readonly requests = new Set<IncomingRequest>();

  constructor(private readonly decision: Decision) {}

  get size(): number {
    return this.requests.size;
  }

  /** Continues with a request when `allowed` resolves, and refuses it with the reason if `allowed` rejects. */
  async hold(request: IncomingRequest, allowed: Promise<void>): Promise<void> {
    const { decision } = this;
    this.requests.add(request);
    try {
      await allowed;
      if (request.state !== 'deciding') return; // the server has stopped meanwhile
      if (request.isOver) throw decision.expired(request);
      decision.proceed(request);
    } catch (thrown) {
      if (request.state === 'deciding') decision.refuse(request, thrown);
    } finally {
      this.requests.delete(request);
      decision.onDecided();
    }
  }

  /** Refuses all requests, because the server stops. Later decisions have no effect. */
  dropAll(why: string): void {
    for (const request of this.requests) {
      const text = `${request.label}: ${why}`;
      this.decision.refuse(request, new RpcError('server_stopped', text, { executed: 'no', retryable: true }));
    }
    this.requests.clear();
  }
}
