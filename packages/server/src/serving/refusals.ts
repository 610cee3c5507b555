/** Refusals of requests: answered, counted and logged. */
import { RpcError } from '@concord-rpc/core';
import { RefusedCasts } from '../load/refused-casts';
import type { RequestAnswers } from '../request/answers';
import type { IncomingRequest } from '../request/incoming-request';
import { Refusal } from '../request/refusal';
import type { ServerStats } from '../request/server-stats';

/** Refuses requests of one server. */
export class Refusals {
  private readonly casts: RefusedCasts;

  constructor(
    private readonly stats: ServerStats,
    private readonly answers: RequestAnswers,
  ) {
    this.casts = new RefusedCasts((line) => answers.log('warn', line));
  }

  /** Refuses a request whose handler will not run; the request is `answered` then. */
  refuse(request: IncomingRequest, thrown: unknown): void {
    this.answer(request, thrown);
    request.become('answered');
  }

  /** Sends, counts and logs a refusal. */
  answer(request: IncomingRequest, thrown: unknown): void {
    this.stats.refused++;
    const refusal = Refusal.is(thrown) ? thrown : undefined;
    // a fanout is answered by the servers that can serve it, unless each server is asked for an answer
    if (refusal === undefined && request.nameWanted === undefined && request.subjectIsForAll) return;
    const error = refusal?.error ?? RpcError.from(thrown);
    if (error.code === 'overloaded') this.stats.overloaded++;
    if (error.code === 'overloaded' && !request.wantsAnswer) {
      this.casts.add(error.message);
      return;
    }
    const line = refusal?.line ?? (request.wantsAnswer ? undefined : `refused a cast: ${error.message}`);
    if (line !== undefined) this.answers.log('warn', line);
    this.answers.error(request, error);
  }
}
