/** A message, on one page: read, find, check, run, answer. Whatever happens inside, exactly one answer goes to whoever waits for one. */
import {
  type Codec,
  type Codecs,
  type Findings,
  formatViolations,
  type IncomingMessage,
  jsonCodec,
  type Logger,
  type Request,
  RpcError,
  runInScope,
  subjects,
  type Transport,
} from '@concord-rpc/core';
import type { AccessGuard } from './access';
import { Answers } from './answers';
import type { CallsUnderWay } from './calls-under-way';
import type { DispatchTable } from './dispatch-table';
import { Exchange } from './exchange';
import { Heartbeat } from './heartbeat';
import { Refusal } from './refusal';
import type { ServedMethod } from './served-method';
import { NO_STATS, type ServerStats } from './server-stats';
import { StallClock } from './stall-clock';
import { StreamReply, type StreamSource } from './stream-reply';
import { UndecidedCalls } from './undecided-calls';

/** Longest delay that a timer of Node takes; a longer one would fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** Serves the messages of one server. */
export class MessageServer {
  readonly stats: ServerStats = { ...NO_STATS };
  private readonly answers: Answers;
  private readonly mayAnswer: (subject: string) => boolean;
  private readonly running = new Set<Exchange>();
  private readonly undecided = new UndecidedCalls({
    proceed: (exchange) => this.proceed(exchange),
    expired: (exchange) => this.expired(exchange.method!),
    refuse: (exchange, thrown) => this.refuse(exchange, thrown),
    onDecided: () => this.wakeIfIdle(),
  });
  private readonly clock = new StallClock();
  private idle: (() => void)[] = [];
  private hurried = false;

  constructor(
    private readonly name: string,
    private readonly transport: Transport,
    private readonly codecs: Codecs,
    private readonly table: DispatchTable,
    private readonly underWay: CallsUnderWay,
    logger: Logger,
    private readonly access?: AccessGuard,
  ) {
    this.mayAnswer = subjects.replyCheck(transport.root);
    this.answers = new Answers(transport, this.stats, logger);
  }

  /** Serves one message. Never throws. */
  serve(message: IncomingMessage): void {
    const { subject, reply } = message;
    if (reply && !this.mayAnswer(reply)) {
      this.stats.badReplySubjects++; // answering it would publish with this server's rights where its caller may have none
      return;
    }
    let codec: Codec = jsonCodec;
    let request: Request;
    try {
      codec = this.codecs.of(message.data);
      request = codec.decodeRequest(message.data);
    } catch (thrown) {
      this.refuse(new Exchange(this.name, subject, reply || undefined, codec), thrown);
      return;
    }
    if (request.calls === undefined) this.serveRequest(new Exchange(this.name, subject, reply || undefined, codec), request);
    else this.serveTogether(subject, reply || undefined, codec, request.calls);
  }

  /** Requests that came in one message: each is served as if it had come alone, but that replies of one turn leave together. */
  private serveTogether(subject: string, reply: string | undefined, codec: Codec, requests: readonly Request[]): void {
    const replies = reply === undefined ? undefined : this.answers.joined(reply, codec);
    for (const request of requests) this.serveRequest(new Exchange(this.name, subject, reply, codec, replies), request);
  }

  private serveRequest(exchange: Exchange, request: Request): void {
    const { subject } = exchange;
    try {
      const { age } = this.clock;
      exchange.read(request, age);
      if (request.refusal !== undefined) throw request.refusal;
      const method = this.table.find(subject);
      if (method === undefined) throw this.table.refusal(subject);
      exchange.method = method;
      requireMode(method, exchange);
      if (request.ttl !== undefined && request.ttl <= age) throw this.expired(method);
      const deciding = this.access?.check(exchange);
      if (deciding === undefined) this.proceed(exchange);
      else void this.undecided.hold(exchange, deciding);
    } catch (thrown) {
      this.refuse(exchange, thrown);
    }
  }

  /** From here on the call is allowed: check its arguments, run it. */
  private proceed(exchange: Exchange): void {
    const method = exchange.method!;
    const args = this.checked(method, exchange.request!);
    if (exchange.wantsNotices) this.announce(exchange);
    this.run(exchange, method, args);
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
    exchange.heartbeat = new Heartbeat(this.name, exchange.nonce, exchange.codec, publish);
    exchange.heartbeat.start(exchange.request!.monitor);
  }

  /** Gives up on the handlers that still run: they are told, and so are their callers. */
  abandonAll(why: string): void {
    this.undecided.dropAll(why);
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
    if (this.busy > 0 && longest > 0 && !this.hurried) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.idle.push(resolve);
        timer = setTimeout(resolve, Math.min(longest, LONGEST_DELAY));
      });
      clearTimeout(timer);
    }
    await new Promise((resolve) => setImmediate(resolve)); // joined replies leave at the end of the turn
    return this.busy;
  }

  /** Ends the wait of `whenIdle`, and lets it not begin. */
  hurry(): void {
    this.hurried = true;
    this.wake();
  }

  private get busy(): number {
    return this.stats.inFlight + this.undecided.size;
  }

  private wakeIfIdle(): void {
    if (this.idle.length > 0 && this.busy === 0) this.wake();
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
      exchange.codec,
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
    this.answers.result(exchange, result);
    this.settled(exchange);
  }

  private fail(exchange: Exchange, thrown: unknown): void {
    if (Refusal.is(thrown)) this.refuse(exchange, thrown);
    else this.answers.failure(exchange, thrown);
    this.settled(exchange);
  }

  private refuse(exchange: Exchange, thrown: unknown): void {
    this.stats.refused++;
    const refusal = Refusal.is(thrown) ? thrown : undefined;
    // what went to everyone is answered by those who can serve it, unless each is asked for its answer
    if (refusal === undefined && exchange.nameWanted === undefined && exchange.subjectIsForAll) return;
    const error = refusal?.error ?? RpcError.from(thrown);
    const line = refusal?.line ?? (exchange.wantsAnswer ? undefined : `refused a cast: ${error.message}`);
    if (line !== undefined) this.answers.log('warn', line);
    this.answers.error(exchange, error);
  }

  private settled(exchange: Exchange): void {
    exchange.end();
    this.running.delete(exchange);
    if (exchange.heartbeat !== undefined) this.underWay.remove(exchange);
    this.stats.inFlight--;
    this.wakeIfIdle();
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
