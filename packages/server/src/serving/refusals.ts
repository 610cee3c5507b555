/** Refusals of requests: answered, counted and logged. */
import { RpcError } from '@concord-rpc/core';
import { channels, type LogFields } from '@concord-rpc/core/engine';
import { RefusedCasts } from '../load/refused-casts';
import type { RequestAnswers } from '../request/answers';
import type { IncomingRequest } from '../request/incoming-request';
import { Refusal } from '../request/refusal';
import type { ServerStats } from '../request/server-stats';

/** Refuses requests of one server. */
export class Refusals {
  private readonly casts: RefusedCasts;
  private readonly fanouts: RefusedCasts;

  constructor(
    private readonly stats: ServerStats,
    private readonly answers: RequestAnswers,
  ) {
    const log = (line: string) => answers.warn(line);
    this.casts = new RefusedCasts('cast', log);
    this.fanouts = new RefusedCasts('fanout', log);
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
    const error = refusal?.error ?? RpcError.from(thrown);
    if (error.code === 'overloaded') this.stats.overloaded++;
    request.verdict ??= error.code;
    request.observed?.failed(error);
    if (channels.refusal.hasSubscribers) {
      const { server, subject, method } = request;
      channels.refusal.publish({ server, label: method?.label, subject, error });
    }
    if (!request.wantsAnswer) {
      this.count(request, error, refusal?.line);
      // the sender of a cast that is to be confirmed waits for this server's word
      if (request.wantsNotices && !request.subjectIsForAll) this.answers.refusedCast(request, error);
    }
    // a call to all servers is answered by those that can serve it, unless each server is asked for an answer
    else if (refusal !== undefined || request.nameWanted !== undefined || !request.subjectIsForAll) {
      if (refusal?.line !== undefined) this.answers.warn(refusal.line, fieldsOf(request, error));
      this.answers.error(request, error);
    }
  }

  /** Counts and logs the refusal of a message that gets no answer. `line`: the line for the log, if the refusal has its own. */
  private count(request: IncomingRequest, error: RpcError, line: string | undefined): void {
    const isFanout = request.subjectIsForAll;
    if (isFanout) this.stats.refusedFanouts++;
    else this.stats.refusedCasts++;
    if (line !== undefined) this.answers.warn(line);
    else if (isFanout) this.fanouts.add(error);
    else this.casts.add(error);
  }
}

function fieldsOf({ method }: IncomingRequest, { code }: RpcError): LogFields {
  return { method: method?.label, code };
}
