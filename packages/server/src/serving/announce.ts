/** Tells callers that want notices which server runs their call. */
import type { AnnouncedCalls } from '../load/announced-calls';
import type { RequestAnswers } from '../request/answers';
import { Heartbeat } from '../request/heartbeat';
import type { IncomingRequest } from '../request/incoming-request';

/** Sends the first notice, so that the caller can cancel the call here, and then the heartbeats that the caller asked for. */
export function announce(request: IncomingRequest, answers: RequestAnswers, announced: AnnouncedCalls): void {
  announced.add(request);
  const publish = (data: Uint8Array) => answers.publish(request.reply!, data);
  request.heartbeat = new Heartbeat(request.server, request.nonce, request.codec, publish);
  request.heartbeat.start(request.envelope!.monitor);
}
