/** Sends the results of a stream method while its handler produces them. */
import type { RpcError, Transport } from '@concord-rpc/core';
import { runInScope } from '@concord-rpc/core/engine';
import type { IncomingRequest } from '../request/incoming-request';
import { StreamReply, type StreamSource } from '../request/stream-reply';

/** Resolves when the stream has ended; to an error if an item could not be sent. Rejects with what the handler throws. */
export function streamResults(request: IncomingRequest, source: unknown, transport: Transport): Promise<RpcError | undefined> {
  const publish = (data: Uint8Array) => transport.publish(request.reply!, data);
  const stream = new StreamReply(request, request.codec, publish, transport.maxPayload);
  request.stream = stream;
  return runInScope(request, (given) => stream.pump(given), source as StreamSource | Promise<StreamSource>);
}
