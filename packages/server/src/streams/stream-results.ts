/** Sends the results of a stream method while its handler produces them. */
import type { RpcError, Transport } from '@concord-rpc/core';
import { runInScope } from '@concord-rpc/core/engine';
import type { Encoded } from '@concord-rpc/core/wire';
import type { RequestAnswers } from '../request/answers';
import type { IncomingRequest } from '../request/incoming-request';
import { StreamReply, type StreamSource } from './stream-reply';

/** The parts of a server that sending a stream needs. */
export interface StreamParts {
  readonly transport: Pick<Transport, 'maxPayload'>;
  readonly answers: RequestAnswers;
}

/** Resolves when the stream has ended; to an error if an item could not be sent. Rejects with what the handler throws. */
export function streamResults(
  request: IncomingRequest,
  source: unknown,
  { transport, answers }: StreamParts,
): Promise<RpcError | undefined> {
  const publish = (data: Encoded) => {
    answers.publish(request.reply!, data);
    request.observed?.sent(data.length);
  };
  const stream = new StreamReply(request, request.codec, publish, transport.maxPayload);
  request.stream = stream;
  return runInScope(request, (given) => stream.pump(given), source as StreamSource | Promise<StreamSource>);
}
