/** The error of a message that cannot be read. */
import { RpcError } from '../errors/rpc-error';

/** `protocol_error`; of a request `executed` is `'no'`, of a reply `'maybe'`. */
export function protocolError(sentence: string, executed: 'no' | 'maybe' = 'no'): RpcError {
  return new RpcError('protocol_error', sentence, { executed });
}
