/** A message, on one page: read, find, check, run, answer. Whatever happens inside, exactly one answer goes to whoever waits for one. */
import {
  type Codec,
  type Findings,
  formatViolations,
  type IncomingMessage,
  type Logger,
  type Request,
  RpcError,
  runInScope,
  subjects,
  type Transport,
} from '@concord-rpc/core';
import { Answers } from './answers';
import type { CallsUnderWay } from './calls-under-way';
import { verdictOnForm } from './chosen-form';
import type { DispatchTable } from './dispatch-table';
import { Exchange } from './exchange';
import { Heartbeat } from './heartbeat';
import type { ServedMethod } from './served-method';
import { NO_STATS, type ServerStats } from './server-stats';
import { StallClock } from './stall-clock';
import { StreamReply, type StreamSource } from './stream-reply';

/** Serves the messages of one server. */
export class MessageServer {
  readonly stats: ServerStats = { ...NO_STATS };
  private readonly answers: Answers;
  private readonly mayAnswer: (subject: string) => boolean;
  private readonly running = new Set<Exchange>();
  private readonly clock = new StallClock();
  private idle: (() => void)[] = [];
  private hurried = false;

  constructor(
    private readonly name: string,
    private readonly transport: Transport,
    private readonly codec: Codec,
    private readonly table: DispatchTable,
    private readonly underWay: CallsUnderWay,
    logger: Logger,
  ) {
    this.mayAnswer = subjects.replyCheck(transport.root);
    this.answers = new Answers(transport, codec, this.stats, logger);
  }

  /** Serves one message. Never throws. */
  serve(message: IncomingMessage): void {
    const { subject, reply } = message;
    if (reply && !this.mayAnswer(reply)) {
      this.stats.badReplySubjects++; // answering it would publish with this server's rights where its caller may have none
      return;
    }
    const exchange = new Exchange(this.name, subject, reply || undefined);
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
    const replies = reply === undefined ? undefined : this.answers.joined(reply);
    for (const request of requests) this.serveRequest(new Exchange(this.name, subject, reply, replies), request);
  }

  private serveRequest(exchange: Exchange, request: Request): void {
    const { subject } = exchange;
    try {
      const { age } = this.clock;
      exchange.read(request, age);
      if (request.refusal !== undefined) throw request.refusal;
      if (request.forms !== undefined) {
        const verdict = verdictOnForm(subject, request.forms, this.table);
        if (verdict === 'leave') return;
        if (verdict === 'refuse') throw this.table.refusal(subject);
      }
      const method = this.table.find(subject);
      if (method === undefined) throw this.table.refusal(subject);
      exchange.method = method;
      requireMode(method, exchange);
      if (request.ttl !== undefined && request.ttl <= age) throw this.expired(method);
      method.requireClaim?.(subject, request.args);
      const args = this.checked(method, request);
      if (exchange.wantsNotices) this.announce(exchange);
      this.run(exchange, method, args);
    } catch (thrown) {
      this.refuse(exchange, RpcError.from(thrown));
    }
  }

  private expired(method: ServedMethod): RpcError {
    this.stats.expired++;
    return new RpcError('deadline_exceeded', `${method.label} arrived after its caller's deadline`, {
      executed: 'no',
      retryable: true,
      data: { kind: 'deadline' },
    });
  }

  /** Tells the caller who runs its call, so that it can be reached here, and goes on giving signs of life if it wants them. */
  private announce(exchange: Exchange): void {
    this.underWay.add(exchange);
    const publish = (data: Uint8Array) => this.transport.publish(exchange.reply!, data);
    exchange.heartbeat = new Heartbeat(this.name, exchange.nonce, this.codec, publish);
    exchange.heartbeat.start(exchange.request!.monitor);
  }

  /** Gives up on the handlers that still run: they are told, and so are their callers. */
  abandonAll(why: string): void {
    for (const exchange of [...this.running]) {
      const error = new RpcError('server_stopped', `${exchange.label}: ${why}`, {
        retryable: exchange.method!.definition.idempotent,
      });
      this.answers.error(exchange, error);
      exchange.abandoned = true;
      exchange.abort(error);
      exchange.end();
    }
  }

  /** No more messages will come. */
  close(): void {
    this.clock.stop();
  }

  /** Resolves when no handler is running, after this many milliseconds, or when it is given up: to how many still run. */
  async whenIdle(longest: number): Promise<number> {
    if (this.stats.inFlight > 0 && longest > 0 && !this.hurried) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.idle.push(resolve);
        timer = setTimeout(resolve, longest);
      });
      clearTimeout(timer);
    }
    await new Promise((resolve) => setImmediate(resolve)); // joined replies leave at the end of the turn
    return this.stats.inFlight;
  }

  /** Ends the wait of `whenIdle`, and lets it not begin. */
  hurry(): void {
    this.hurried = true;
    this.wake();
  }

  private wake(): void {
    const waiting = this.idle;
    this.idle = [];
    for (const resolve of waiting) resolve();
  }

  private checked(method: ServedMethod, request: Request): unknown[] {
    const findings: Findings = { violations: [], stripped: 0 };
    const args = method.check(request.args, findings);
    this.stats.stripped += findings.stripped;
    const { violations } = findings;
    if (violations.length === 0) return args;
    throw new RpcError('invalid_argument', `${method.label}: ${formatViolations(violations)}`, { data: { violations } });
  }

  private run(exchange: Exchange, method: ServedMethod, args: unknown[]): void {
    const { stats } = this;
    stats.started++;
    stats.inFlight++;
    this.running.add(exchange);
    try {
      const result = runInScope(exchange, method.run, args);
      if (method.definition.mode === 'stream') {
        this.stream(exchange, result);
        return;
      }
      if (isThenable(result)) {
        Promise.resolve(result).then(
          (value) => this.finish(exchange, value),
          (thrown) => this.fail(exchange, thrown),
        );
      } else this.finish(exchange, result);
    } catch (thrown) {
      this.fail(exchange, thrown);
    }
  }

  /** Sends what the handler gives, one after the other; the stream ends as a call does, with an answer. */
  private stream(exchange: Exchange, source: unknown): void {
    const stream = new StreamReply(
      exchange,
      this.codec,
      (data) => this.transport.publish(exchange.reply!, data),
      this.transport.maxPayload,
    );
    exchange.stream = stream;
    runInScope(exchange, (given) => stream.pump(given), source as StreamSource | Promise<StreamSource>).then(
      (problem) => {
        if (problem !== undefined) this.answers.error(exchange, problem);
        this.settled(exchange);
      },
      (thrown: unknown) => this.fail(exchange, thrown),
    );
  }

  private finish(exchange: Exchange, result: unknown): void {
    let known = result;
    try {
      const { cut } = exchange;
      if (cut !== undefined) known = cut(result);
    } catch (thrown) {
      this.fail(exchange, thrown);
      return;
    }
    this.answers.result(exchange, known);
    this.settled(exchange);
  }

  private fail(exchange: Exchange, thrown: unknown): void {
    this.answers.failure(exchange, thrown);
    this.settled(exchange);
  }

  private refuse(exchange: Exchange, error: RpcError): void {
    this.stats.refused++;
    // what went to everyone is answered by those who can serve it, unless each is asked for its answer
    if (exchange.nameWanted === undefined && exchange.subjectIsForAll) return;
    if (exchange.wantsAnswer) this.answers.error(exchange, error);
    else this.answers.log('warn', `refused a cast: ${error.message}`);
  }

  private settled(exchange: Exchange): void {
    exchange.end();
    this.running.delete(exchange);
    if (exchange.heartbeat !== undefined) this.underWay.remove(exchange);
    if (--this.stats.inFlight > 0) return;
    this.wake();
  }
}

function requireMode({ definition, label }: ServedMethod, exchange: Exchange): void {
  const { mode } = definition;
  if (mode === undefined) return;
  const answers = mode === 'call' || mode === 'stream';
  if (answers === exchange.wantsAnswer && (mode !== 'fanout' || exchange.subjectIsForAll)) return;
  throw new RpcError('invalid_target', `${label} is declared mode "${mode}"`);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
