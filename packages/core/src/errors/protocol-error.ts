/** The error of a message that does not follow the protocol. */
import type { Executed } from './error-codes';
import { RpcError } from './rpc-error';

/** Makes a `protocol_error`; `executed` is `maybe` if the message is a reply. */
export function protocolError(sentence: string, executed: Executed = 'no'): RpcError {
  return new RpcError('protocol_error', sentence, { executed });
}
