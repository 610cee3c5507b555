/** What goes back to a caller: a result, an error, or, if that cannot be sent, the error that says so. */
import { randomUUID } from 'node:crypto';
import {
  type Codec,
  type ErrorCode,
  isRpcError,
  type Logger,
  type Reply,
  RpcError,
  type Transport,
  type WireError,
} from '@concord-rpc/core';
import { BatchedReplies } from './batched-replies';
import type { IncomingRequest } from './incoming-request';
import type { ServerStats } from './server-stats';

/** How a call ends that was part of a request nobody waits for any more. */
const OUT_OF_TIME = new Set<ErrorCode>(['deadline_exceeded', 'cancelled']);

/** Answers requests. Nothing here throws. */
export class Answers {
  constructor(
    private readonly transport: Transport,
    private readonly stats: ServerStats,
    private readonly logger: Logger,
  ) {}

  /** Where the replies to a message of several requests are gathered. */
  joined(reply: string, codec: Codec): BatchedReplies {
    return new BatchedReplies(
      codec,
      (data) => this.transport.publish(reply, data),
      (count) => {
        this.stats.lostReplies += count;
      },
      this.transport.maxPayload,
    );
  }

  result(exchange: IncomingRequest, result: unknown): void {
    if (!isWanted(exchange)) return;
    try {
      this.send(exchange, exchange.codec.encodeResult(result, exchange.nonce, exchange.nameWanted));
    } catch (thrown) {
      this.error(exchange, unsendable(`result of ${exchange.label}`, thrown));
    }
  }

  /** What a handler threw. Nothing leaves the process but what the contract declares: the rest may name hosts, paths or secrets. */
  failure(exchange: IncomingRequest, thrown: unknown): void {
    const { label } = exchange;
    if (exchange.isOver && isRpcError(thrown) && OUT_OF_TIME.has(thrown.code)) {
      this.stats.failed++;
      // what it called ran out of the time that its own caller gave it, or was cancelled with it
      this.error(exchange, new RpcError(thrown.code, `${label}: ${thrown.rawMessage}`, { executed: 'yes', data: thrown.data }));
      return;
    }
    const foreseen = exchange.method!.errors?.answerTo(thrown, exchange);
    if (foreseen !== undefined) {
      this.stats.expected++;
      this.foreseen(exchange, foreseen);
      return;
    }
    this.stats.failed++;
    const id = randomUUID();
    this.log('error', `${label} failed (${id}): ${describeThrown(thrown)}`);
    this.error(exchange, new RpcError('internal', `${label} failed; the server's log has the details under ${id}`, { id }));
  }

  error(exchange: IncomingRequest, error: RpcError): void {
    if (!isWanted(exchange)) return;
    try {
      this.send(exchange, exchange.codec.encodeError(error.toWire(), exchange.nonce, exchange.nameWanted));
    } catch {
      const { code, rawMessage, executed, retryable, id, data } = error;
      // its data cannot be carried: the caller hears the rest
      if (data === undefined) this.stats.lostReplies++;
      else this.error(exchange, new RpcError(code, rawMessage, { executed, retryable, id }));
    }
  }

  /** What the same call was answered when it came first. */
  again(exchange: IncomingRequest, { result, error }: Reply): void {
    const { codec, nonce } = exchange;
    try {
      this.send(exchange, error === undefined ? codec.encodeResult(result, nonce) : codec.encodeError(error, nonce));
    } catch {
      this.stats.lostReplies++;
    }
  }

  /** A logger is the user's code too: what it throws must not cost anybody an answer. */
  log(level: keyof Logger, line: string): void {
    try {
      this.logger[level](line);
    } catch {
      // there is nowhere left to say it
    }
  }

  private foreseen(exchange: IncomingRequest, error: WireError): void {
    if (!isWanted(exchange)) return;
    try {
      this.send(exchange, exchange.codec.encodeError(error, exchange.nonce, exchange.nameWanted));
    } catch (thrown) {
      this.error(exchange, unsendable(`error ${error.name} of ${exchange.label}`, thrown));
    }
  }

  private send(exchange: IncomingRequest, data: Uint8Array): void {
    exchange.onAnswer?.(data);
    if (exchange.abandoned) return;
    if (exchange.replies === undefined) this.transport.publish(exchange.reply!, data);
    else exchange.replies.send(data);
  }
}

/** Whether an answer is for somebody, now or later. */
function isWanted(exchange: IncomingRequest): boolean {
  return exchange.wantsAnswer && (!exchange.abandoned || exchange.onAnswer !== undefined);
}

/** Why what a handler returned or threw could not be sent. */
function unsendable(what: string, thrown: unknown): RpcError {
  const { code, rawMessage, data } = RpcError.from(thrown);
  const where = code === 'payload_too_large' ? { ...data, where: 'reply' as const } : data;
  return new RpcError(code, `${what}: ${rawMessage}`, { executed: 'yes', data: where });
}

/** A thrown thing for the log, whatever it is: frozen, null, with getters that throw. */
function describeThrown(thrown: unknown): string {
  try {
    return thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown);
  } catch {
    return 'something that cannot be printed';
  }
}
