/** A message, on one page: read, find, check, run, answer. Whatever happens inside, exactly one answer goes to whoever waits for one. */
import { randomUUID } from 'node:crypto';
import {
  type Codec,
  type Findings,
  type IncomingMessage,
  type Logger,
  type Request,
  RpcError,
  subjects,
  type Transport,
  type WireError,
} from '@concord-rpc/core';
import type { DispatchTable } from './dispatch-table';
import { JoinedReplies } from './joined-replies';
import type { ServedMethod } from './served-method';

/** What a server has done so far. Counters only grow, but for `inFlight`. */
export interface ServerStats {
  /** Handlers running now. */
  inFlight: number;
  /** Handlers started. */
  started: number;
  /** Handlers that failed. */
  failed: number;
  /** Messages that were refused before a handler ran. */
  refused: number;
  /** Calls that were dropped because their caller had stopped waiting. */
  expired: number;
  /** Unknown properties left out of arguments. */
  stripped: number;
  /** Messages whose reply subject is not one that a server may answer on. */
  badReplySubjects: number;
  /** Answers that could not be sent. */
  lostReplies: number;
}

/** Of a server that has done nothing yet. */
export const NO_STATS: Readonly<ServerStats> = {
  inFlight: 0,
  started: 0,
  failed: 0,
  refused: 0,
  expired: 0,
  stripped: 0,
  badReplySubjects: 0,
  lostReplies: 0,
};

/** Serves the messages of one server. */
export class MessageServer {
  readonly stats: ServerStats = { ...NO_STATS };
  private readonly mayAnswer: (subject: string) => boolean;
  private idle: (() => void)[] = [];

  constructor(
    private readonly transport: Transport,
    private readonly codec: Codec,
    private readonly table: DispatchTable,
    private readonly logger: Logger,
  ) {
    this.mayAnswer = subjects.replyCheck(transport.root);
  }

  /** Serves one message. Never throws. */
  serve(message: IncomingMessage): void {
    const { subject, reply } = message;
    if (reply && !this.mayAnswer(reply)) {
      this.stats.badReplySubjects++; // answering it would publish with this server's rights where its caller may have none
      return;
    }
    const exchange = new Exchange(subject, reply || undefined);
    let request: Request;
    try {
      request = this.codec.decodeRequest(message.data);
    } catch (thrown) {
      this.refuse(exchange, RpcError.from(thrown));
      return;
    }
    if (request.calls === undefined) this.serveRequest(exchange, request);
    else this.serveTogether(subject, reply || undefined, request.calls);
  }

  /** Requests that came in one message: each is served as if it had come alone, but that replies of one turn leave together. */
  private serveTogether(subject: string, reply: string | undefined, requests: readonly Request[]): void {
    const replies = reply === undefined ? undefined : this.joinedReplies(reply);
    for (const request of requests) this.serveRequest(new Exchange(subject, reply, replies), request);
  }

  private joinedReplies(reply: string): JoinedReplies {
    return new JoinedReplies(
      this.codec,
      (data) => this.transport.publish(reply, data),
      (count) => {
        this.stats.lostReplies += count;
      },
      this.transport.maxPayload,
    );
  }

  private serveRequest(exchange: Exchange, request: Request): void {
    const { subject } = exchange;
    try {
      exchange.read(request);
      if (request.refusal !== undefined) throw request.refusal;
      const method = this.table.find(subject);
      if (method === undefined) throw this.table.refusal(subject);
      exchange.method = method;
      requireMode(method, exchange);
      if (request.ttl === 0) {
        this.stats.expired++;
        throw new RpcError('deadline_exceeded', `${method.label} arrived after its caller's deadline`, {
          executed: 'no',
          retryable: true,
        });
      }
      this.run(exchange, method, this.checked(method, request));
    } catch (thrown) {
      this.refuse(exchange, RpcError.from(thrown));
    }
  }

  /** Resolves when no handler is running, or after this many milliseconds: then to how many still run. */
  async whenIdle(longest: number): Promise<number> {
    if (this.stats.inFlight === 0) return 0;
    let timer: NodeJS.Timeout | undefined;
    const idle = new Promise<void>((resolve) => this.idle.push(resolve));
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, longest);
    });
    await Promise.race([idle, late]);
    clearTimeout(timer);
    await new Promise((resolve) => setImmediate(resolve)); // joined replies leave at the end of the turn
    return this.stats.inFlight;
  }

  private checked(method: ServedMethod, request: Request): unknown[] {
    const findings: Findings = { violations: [], stripped: 0 };
    const args = method.check(request.args, findings);
    this.stats.stripped += findings.stripped;
    const { violations } = findings;
    if (violations.length === 0) return args;
    const texts = violations.slice(0, 3).map(({ path, message }) => `${path}: ${message}`);
    const more = violations.length > 3 ? `, and ${violations.length - 3} more` : '';
    throw new RpcError('invalid_argument', `${method.label}: ${texts.join('; ')}${more}`, { data: { violations } });
  }

  private run(exchange: Exchange, method: ServedMethod, args: unknown[]): void {
    const { stats } = this;
    stats.started++;
    stats.inFlight++;
    try {
      const result = method.run(args);
      if (isThenable(result)) {
        Promise.resolve(result).then(
          (value) => this.finish(exchange, value),
          (thrown) => this.fail(exchange, method, thrown),
        );
      } else this.finish(exchange, result);
    } catch (thrown) {
      this.fail(exchange, method, thrown);
    }
  }

  private finish(exchange: Exchange, result: unknown): void {
    try {
      if (exchange.wantsAnswer) this.answer(exchange, this.codec.encodeResult(result, exchange.nonce));
    } catch (thrown) {
      const { code, rawMessage, data } = RpcError.from(thrown);
      const where = code === 'payload_too_large' ? { ...(data as object), where: 'reply' } : data;
      this.answerError(
        exchange,
        new RpcError(code, `result of ${exchange.method!.label}: ${rawMessage}`, { executed: 'yes', data: where }).toWire(),
      );
    } finally {
      this.settled();
    }
  }

  private fail(exchange: Exchange, method: ServedMethod, thrown: unknown): void {
    try {
      this.stats.failed++;
      const id = randomUUID();
      this.log('error', `${method.label} failed (${id}): ${describeThrown(thrown)}`);
      // nothing of what was thrown leaves the process: it may name hosts, paths or secrets
      const error = new RpcError('internal', `${method.label} failed; the server's log has the details under ${id}`, { id });
      this.answerError(exchange, error.toWire());
    } finally {
      this.settled();
    }
  }

  private refuse(exchange: Exchange, error: RpcError): void {
    this.stats.refused++;
    // what went to everyone is answered by those who can serve it
    if (exchange.subjectIsForAll) return;
    if (exchange.wantsAnswer) this.answerError(exchange, error.toWire());
    else this.log('warn', `refused a cast: ${error.message}`);
  }

  /** A logger is the user's code too: what it throws must not cost anybody an answer. */
  private log(level: keyof Logger, line: string): void {
    try {
      this.logger[level](line);
    } catch {
      // there is nowhere left to say it
    }
  }

  private answerError(exchange: Exchange, error: WireError): void {
    if (!exchange.wantsAnswer) return;
    try {
      this.answer(exchange, this.codec.encodeError(error, exchange.nonce));
    } catch {
      this.stats.lostReplies++;
    }
  }

  private answer(exchange: Exchange, data: Uint8Array): void {
    if (exchange.replies === undefined) this.transport.publish(exchange.reply!, data);
    else exchange.replies.send(data);
  }

  private settled(): void {
    if (--this.stats.inFlight > 0) return;
    const waiting = this.idle;
    this.idle = [];
    for (const resolve of waiting) resolve();
  }
}

/** One message while it is served. */
class Exchange {
  nonce: string | undefined;
  method: ServedMethod | undefined;
  private cast = false;

  constructor(
    readonly subject: string,
    readonly reply: string | undefined,
    /** Where its reply is gathered, if it came with others. */
    readonly replies?: JoinedReplies,
  ) {}

  read(request: Request): void {
    this.nonce = request.nonce;
    this.cast = request.cast === true;
  }

  get wantsAnswer(): boolean {
    return this.reply !== undefined && !this.cast;
  }

  get subjectIsForAll(): boolean {
    return subjects.parseSubject(this.subject)?.delivery === 'all';
  }
}

function requireMode({ definition, label }: ServedMethod, exchange: Exchange): void {
  const { mode } = definition;
  if (mode === undefined) return;
  if ((mode === 'call') === exchange.wantsAnswer && (mode !== 'fanout' || exchange.subjectIsForAll)) return;
  throw new RpcError('invalid_target', `${label} is declared mode "${mode}"`);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** A thrown thing for the log, whatever it is: frozen, null, with getters that throw. */
function describeThrown(thrown: unknown): string {
  try {
    return thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown);
  } catch {
    return 'something that cannot be printed';
  }
}
