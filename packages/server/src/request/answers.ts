/** The answers to requests: a result, an error, or, if that cannot be sent, the error that explains why. */
import { randomUUID } from 'node:crypto';
import { type Executed, isRpcError, RpcError, type Transport } from '@concord-rpc/core';
import { type Log, type LogFields, safeText } from '@concord-rpc/core/engine';
import { byteLength, type Encoded, type Reply, toBytes, type WireError } from '@concord-rpc/core/wire';
import type { IncomingRequest } from './incoming-request';
import { JoinedReplies } from './joined-replies';
import type { ServerStats } from './server-stats';

/** The longest line of the log, and the longest frame of a stack, in characters. */
const LONGEST_LINE = 4_096;
const LONGEST_FRAME = 512;
/** The most frames of a stack in the log. */
const MOST_FRAMES = 32;

/** Replies that are remembered until the broker can have refused them: those of about one round trip. */
const MOST_RECENT = 512;

/** Maps what a handler, or code before the handler, threw to the error for the caller; `undefined` if it stays a failure. Never throws. */
export type MapError = (thrown: unknown, request: IncomingRequest, executed: Executed) => RpcError | undefined;

/** Sends the answers to requests. A request that is `answered`, or wants no answer, gets none. No method throws. */
export class RequestAnswers {
  /** The subjects of the latest replies. The broker names only the subject of a message that it refuses. */
  private readonly recent: (string | undefined)[] = new Array(MOST_RECENT);
  private sent = 0;
  readonly joined: JoinedReplies;

  constructor(
    private readonly transport: Transport,
    private readonly stats: ServerStats,
    private readonly logger: Log,
    readonly mapError: MapError = () => undefined,
  ) {
    this.joined = new JoinedReplies(transport, stats, this);
  }

  /** Sends the answers that wait for the end of this turn. */
  flush(): void {
    this.joined.sendAll();
  }

  /** Sends a message to a reply subject. @throws RpcError if the transport does not take it */
  publish(reply: string, data: Encoded): void {
    this.recent[this.sent++ % MOST_RECENT] = reply;
    this.transport.publish(reply, toBytes(data));
  }

  /** Returns whether one of the latest replies of this server went to a subject; that reply counts once. */
  hasSentTo(subject: string): boolean {
    const index = this.recent.indexOf(subject);
    if (index < 0) return false;
    this.recent[index] = undefined;
    return true;
  }

  result(request: IncomingRequest, result: unknown): void {
    if (!request.wantsAnswer || request.state === 'answered') return;
    try {
      this.send(request, request.codec.encodeResult(result, request.nonce, request.nameWanted));
    } catch (thrown) {
      this.error(request, unsendable(`result of ${request.label}`, thrown));
    }
  }

  /** Answers with a result that is encoded already. */
  encoded(request: IncomingRequest, result: Encoded): void {
    try {
      this.send(request, request.codec.wrapResult(result, request.nonce, request.nameWanted));
    } catch (thrown) {
      this.error(request, unsendable(`answer of ${request.label}`, thrown)); // the broker's limit may be lower by now
    }
  }

  /** Answers what a handler threw. Only errors that are declared or mapped are sent; others may name hosts, paths or secrets and are only logged. */
  failure(request: IncomingRequest, thrown: unknown): void {
    const { label } = request;
    const { tally } = request.method!;
    const executed = request.isBeforeHandler ? 'no' : 'yes';
    tally.errors++;
    request.observed?.threw(thrown);
    const ending = request.isOver ? outOfTimeCode(thrown) : undefined;
    if (ending !== undefined) {
      this.stats.failed++;
      tally.lastError = ending;
      // a call that the handler made ended with the deadline or the cancellation of this request; its text may hold secrets
      this.error(request, new RpcError(ending, `${label} ended without a result when its caller stopped waiting`, { executed }));
      return;
    }
    const declared = request.method!.errors?.answerTo(thrown, request);
    if (declared !== undefined) {
      this.stats.expected++;
      tally.lastError = `${declared.code} ${declared.name ?? ''}`.trimEnd(); // its message is the caller's alone
      request.verdict ??= declared.code === 'declared' ? 'declared' : 'expected';
      request.observed?.answered({ ...declared, executed });
      this.declared(request, { ...declared, executed });
      return;
    }
    const mapped = this.mapError(thrown, request, executed);
    if (mapped !== undefined) {
      this.stats.expected++;
      tally.lastError = mapped.code;
      this.error(request, mapped);
      return;
    }
    this.stats.failed++;
    const id = randomUUID();
    tally.lastError = `internal ${id}`;
    const line = `${safeText(`${label} failed (${id}): ${headOf(thrown)}`, LONGEST_LINE)}${framesOf(thrown)}`;
    const log = () => this.logger.error(line, { method: label, id });
    if (request.observed === undefined) log();
    else request.observed.around(log);
    const sentence = `${label} failed; the server's log has the details under ${id}`;
    this.error(request, new RpcError('internal', sentence, { id, executed }));
  }

  error(request: IncomingRequest, error: RpcError): void {
    request.verdict ??= error.code;
    request.observed?.failed(error);
    if (!request.wantsAnswer || request.state === 'answered') return;
    try {
      const shown = request.replies?.isSpent === true ? withoutDetails(error, request) : error;
      this.send(request, request.codec.encodeError(shown.toWire(), request.nonce, request.nameWanted));
    } catch {
      const { code, rawMessage, executed, retryable, id, data } = error;
      // its data cannot be encoded: send the rest
      if (data === undefined) this.stats.lostReplies++;
      else this.error(request, new RpcError(code, rawMessage, { executed, retryable, id }));
    }
  }

  /** Tells the sender of a cast, which gets no answer otherwise, that this server does not run it. */
  refusedCast(request: IncomingRequest, error: RpcError): void {
    try {
      this.send(request, request.codec.encodeError(error.toWire(), request.nonce));
    } catch {
      this.stats.lostReplies++; // its data cannot be encoded; the sender gives up at its deadline
    }
  }

  /** Sends a repeated call the answer of its first attempt. */
  again(request: IncomingRequest, { result, error }: Reply): void {
    const { codec, nonce } = request;
    if (error !== undefined) {
      request.verdict ??= RpcError.fromWire(error).code;
      request.observed?.failed(RpcError.fromWire(error));
    }
    try {
      this.send(request, error === undefined ? codec.encodeResult(result, nonce) : codec.encodeError(error, nonce));
    } catch (thrown) {
      this.error(request, unsendable(`result of ${request.label}`, thrown)); // the broker's limit may be lower by now
    }
  }

  /** Writes a warning to the log, cut and escaped. */
  warn(line: string, fields?: LogFields): void {
    this.logger.warn(safeText(line, LONGEST_LINE), fields);
  }

  private declared(request: IncomingRequest, error: WireError): void {
    if (!request.wantsAnswer || request.state === 'answered') return;
    try {
      this.send(request, request.codec.encodeError(error, request.nonce, request.nameWanted));
    } catch (thrown) {
      this.error(request, unsendable(`error ${error.name} of ${request.label}`, thrown));
    }
  }

  /**
   * Sends an answer. An answer that is lost because the broker is away is still the answer of the call: it is remembered for a repeated
   * attempt, and no error takes its place.
   *
   * @throws RpcError if the broker does not take this answer, but may take another.
   */
  private send(request: IncomingRequest, encoded: Encoded): void {
    const { onAnswer } = request;
    const data = onAnswer === undefined ? encoded : toBytes(encoded);
    try {
      const { replies } = request;
      if (replies === undefined) {
        if (request.form !== 'alone' && this.joined.isAllowed) this.joined.send(request, data);
        else this.publish(request.reply!, data);
        request.observed?.sent(byteLength(data));
      }
      // a reply without a nonce belongs to no request of the batch
      else if (request.nonce !== undefined || !replies.isSpent) {
        replies.count(byteLength(data));
        this.joined.send(request, data);
      }
    } catch (thrown) {
      if (isRpcError(thrown) && thrown.code === 'payload_too_large') throw thrown;
      this.stats.lostReplies++;
    }
    onAnswer?.(data as Uint8Array);
  }
}

/** Returns the error for a result or error of a handler that could not be sent. */
function unsendable(what: string, thrown: unknown): RpcError {
  const { code, rawMessage, data } = RpcError.from(thrown);
  const where = code === 'payload_too_large' ? { ...data, where: 'reply' as const } : data;
  return new RpcError(code, `${what}: ${rawMessage}`, { executed: 'yes', data: where });
}

/** Returns an error with its code and the time after which to retry: many refusals of one batch would be much larger than the batch. */
function withoutDetails({ code, executed, retryable, id, data }: RpcError, { method }: IncomingRequest): RpcError {
  const retryAfter = (data as { readonly retryAfter?: number } | undefined)?.retryAfter;
  const details = retryAfter === undefined ? undefined : { retryAfter };
  return new RpcError(code, method?.label ?? 'refused', { executed, retryable, id, data: details });
}

/** Returns the code of a thrown value, if it is one that a nested call ends with when the outer request is over. */
function outOfTimeCode(thrown: unknown): 'deadline_exceeded' | 'cancelled' | undefined {
  try {
    if (!isRpcError(thrown) || (thrown.code !== 'deadline_exceeded' && thrown.code !== 'cancelled')) return undefined;
    return thrown.code;
  } catch {
    return undefined; // a Proxy that throws when a property is read
  }
}

/** Returns any thrown value as text for the log, also one that is frozen, null, or has getters that throw. */
function headOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'a value that cannot be printed';
  }
}

/** Returns the frames of a thrown error, each on a line of its own; an empty text if it has none. The message is not repeated: it may hold line breaks. */
function framesOf(thrown: unknown): string {
  try {
    const { stack, message } = thrown as Error;
    const after = stack!.indexOf(message) + message.length;
    const frames = stack!
      .slice(after)
      .split('\n')
      .filter((line) => /^ +at /.test(line));
    return frames
      .slice(0, MOST_FRAMES)
      .map((line) => `\n${safeText(line, LONGEST_FRAME)}`)
      .join('');
  } catch {
    return '';
  }
}
