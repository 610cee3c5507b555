/** Gives up requests: those whose deadline has passed, and all of them when the server stops at once. */
import { RpcError } from '@concord-rpc/core';
import type { Admission } from '../load/admission';
import type { AnnouncedCalls } from '../load/announced-calls';
import type { DecidingRequests } from '../load/deciding-requests';
import type { RequestAnswers } from '../request/answers';
import type { IncomingRequest } from '../request/incoming-request';
import type { ServerStats } from '../request/server-stats';

/** The parts of a server that giving up requests needs. */
export interface AbandonParts {
  readonly admission: Admission;
  readonly announced: AnnouncedCalls;
  readonly answers: RequestAnswers;
  readonly deciding: DecidingRequests;
  readonly stats: ServerStats;
}

/** Abandons handlers whose callers have stopped waiting: they run on, but without a slot. Drops late requests from the queue. */
export function abandonLate({ admission, announced, stats }: AbandonParts, now: number): void {
  for (const request of admission.overdue(now)) {
    stats.overdue++;
    request.abort(new RpcError('deadline_exceeded', `the caller of ${request.label} has stopped waiting`));
    request.become('abandoned');
    release(request, admission, announced);
  }
  admission.queue.dropLate();
}

/** Refuses all requests that wait, and answers those that run in place of their handlers. Their signals abort. */
export function abandonAll({ admission, announced, answers, deciding }: AbandonParts, why: string): void {
  admission.queue.dropAll(why);
  deciding.dropAll(why);
  for (const request of admission.running()) {
    const { idempotent } = request.method!.definition;
    const error = new RpcError('server_stopped', `${request.label}: ${why}`, { retryable: idempotent });
    answers.error(request, error);
    request.become('answered');
    request.abort(error);
    release(request, admission, announced);
  }
  answers.flush(); // the broker is to have them when the server has stopped
}

function release(request: IncomingRequest, admission: Admission, announced: AnnouncedCalls): void {
  if (request.heartbeat !== undefined) announced.remove(request);
  admission.leave(request);
}
