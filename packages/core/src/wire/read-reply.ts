/** Reads the envelope of replies, once a codec has made values of the bytes: the same rules for every codec. */
import type { WireError } from '../errors/rpc-error';
import type { Notice, Reply } from '../ports/codec';
import { ERROR, REPLY } from './envelope';
import { protocolError } from './protocol-error';

const EXECUTED = new Set(['no', 'maybe', 'yes']);

/**
 * Reads a reply, or several that travel together.
 *
 * @throws RpcError `protocol_error` with `executed: 'maybe'`
 */
export function readReplies(value: Record<string, unknown> | unknown[]): Reply {
  const replies = Array.isArray(value) ? undefined : value[REPLY.replies];
  return Array.isArray(replies) ? { replies: replies.filter(isObject).map(readReply) } : readReply(value);
}

function readReply(value: Record<string, unknown> | unknown[]): Reply {
  if (Array.isArray(value)) throw protocolError('reply is an array', 'maybe');
  const error = value[REPLY.error];
  if (error !== undefined && !isWireError(error)) throw protocolError('reply has an "error" that is not one', 'maybe');
  const nonce = value[REPLY.nonce] as string | undefined;
  if (value[REPLY.alive] !== undefined) return { nonce, notice: readNotice(value) };
  const items = value[REPLY.items];
  if (Array.isArray(items)) return { nonce, items, end: value[REPLY.end] === true };
  const server = value[REPLY.server];
  if (typeof server === 'string') return { nonce, result: value[REPLY.result], error, server };
  return { nonce, result: value[REPLY.result], error };
}

function readNotice(value: Readonly<Record<string, unknown>>): Notice {
  const { [REPLY.alive]: alive, [REPLY.server]: server, [REPLY.progress]: progress } = value;
  if (typeof alive === 'number' && typeof server === 'string') return { alive, server, progress };
  throw protocolError('reply is a notice without "alive" and "server"', 'maybe');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isWireError(value: unknown): value is WireError {
  if (!isObject(value)) return false;
  const { [ERROR.code]: code, [ERROR.message]: message, [ERROR.executed]: executed, [ERROR.retryable]: retryable } = value;
  const name = value[ERROR.name];
  return (
    typeof code === 'string' &&
    (name === undefined || typeof name === 'string') &&
    typeof message === 'string' &&
    EXECUTED.has(executed as string) &&
    typeof retryable === 'boolean'
  );
}
