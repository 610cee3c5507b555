/** The error of a message that cannot be read. */
import { type Executed } from '../errors/error-codes';
import { RpcError } from '../errors/rpc-error';

/** `executed`: `maybe` if the message is a reply. */
export function protocolError(sentence: string, executed: Executed = 'no'): RpcError {
  return new RpcError('protocol_error', sentence, { executed });
}
