/** Tells callers that want notices which server runs their call. */

import type { Encoded } from '@concord-rpc/core/wire';
import type { RequestAnswers } from '../request/answers';
import { Heartbeat } from '../request/heartbeat';
import type { IncomingRequest } from '../request/incoming-request';
import type { AnnouncedCalls } from './announced-calls';

/**
 * Sends the first notice, so that the caller can cancel the call here, and then the heartbeats that the caller asked for. The sender of a cast gets one
 * notice and no more: it knows then that a server has the cast.
 */
export function announce(request: IncomingRequest, answers: RequestAnswers, announced: AnnouncedCalls): void {
  const publish = (data: Encoded) => {
    answers.publish(request.reply!, data);
    request.observed?.sent(data.length);
  };
  const heartbeat = new Heartbeat(request.server, request.nonce, request.codec, publish);
  const isCast = request.envelope.cast === true;
  if (!isCast) {
    announced.add(request);
    request.heartbeat = heartbeat;
  }
  heartbeat.start(isCast ? undefined : request.envelope.monitor);
}
