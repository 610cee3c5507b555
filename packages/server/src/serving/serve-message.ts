/** A message, on one page: read, find, check, run, answer. Whatever happens inside, exactly one answer goes to whoever waits for one. */
import { performance } from 'node:perf_hooks';
import {
  type Codec,
  type Codecs,
  type IncomingMessage,
  jsonCodec,
  type Logger,
  type Request,
  RpcError,
  runInScope,
  subjects,
  type Transport,
} from '@concord-rpc/core';
import { requireMode } from '../dispatch/call-mode';
import { verdictOnForm } from '../dispatch/chosen-form';
import type { DispatchTable } from '../dispatch/dispatch-table';
import { isThenable } from '../dispatch/thenable';
import { Admission, type AdmissionLimits } from '../load/admission';
import type { CallsUnderWay } from '../load/calls-under-way';
import { IdleWait } from '../load/idle-wait';
import { RefusedCasts } from '../load/refused-casts';
import { RememberedResults } from '../load/remembered-results';
import { RunningCalls } from '../load/running-calls';
import { StallClock } from '../load/stall-clock';
import { UndecidedCalls } from '../load/undecided-calls';
import { requireArguments } from '../registration/require-arguments';
import type { Registration, ServedMethod } from '../registration/served-method';
import { Answers } from '../request/answers';
import { Heartbeat } from '../request/heartbeat';
import { IncomingRequest } from '../request/incoming-request';
import { lateRequest } from '../request/late-request';
import { Refusal } from '../request/refusal';
import { NO_STATS, type ServerStats } from '../request/server-stats';
import { StreamReply, type StreamSource } from '../request/stream-reply';
import type { UsageCounts } from '../usage/usage-counts';
import type { AccessGuard } from './access';

/** Serves the messages of one server. */
export class MessageServer {
  readonly stats: ServerStats = { ...NO_STATS };
  /** For the end of what runs and waits. */
  readonly idle = new IdleWait(() => this.stats.inFlight + this.stats.queued + this.undecided.size);
  private readonly answers: Answers;
  private readonly mayAnswer: (subject: string) => boolean;
  private readonly running = new RunningCalls();
  private readonly admission: Admission;
  private readonly remembered: RememberedResults;
  private readonly refusedCasts: RefusedCasts;
  private readonly undecided = new UndecidedCalls({
    proceed: (exchange) => this.proceed(exchange),
    expired: (exchange) => this.expired(exchange.method!),
    refuse: (exchange, thrown) => this.refuse(exchange, thrown),
    onDecided: () => this.idle.check(),
  });
  private readonly clock: StallClock;

  constructor(
    private readonly name: string,
    private readonly transport: Transport,
    private readonly codecs: Codecs,
    private readonly table: DispatchTable,
    private readonly underWay: CallsUnderWay,
    logger: Logger,
    registrations: readonly Registration[],
    limits: AdmissionLimits = {},
    private readonly access?: AccessGuard,
    private readonly usage?: UsageCounts,
  ) {
    this.mayAnswer = subjects.replyCheck(transport.root);
    this.answers = new Answers(transport, this.stats, logger);
    this.admission = new Admission(limits, registrations, this.stats, {
      run: (exchange) => this.run(exchange, exchange.method!, exchange.args!),
      drop: (exchange, why) => this.drop(exchange, why),
    });
    this.remembered = new RememberedResults(this.stats, {
      wait: (exchange) => {
        if (exchange.wantsNotices) this.announce(exchange);
      },
      answer: (exchange, answer) => {
        this.release(exchange);
        this.answers.again(exchange, answer);
      },
    });
    this.refusedCasts = new RefusedCasts((line) => this.answers.log('warn', line));
    this.clock = new StallClock(transport.inProcess !== true, () => this.lookAround());
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
      this.refuse(new IncomingRequest(this.name, subject, reply || undefined, codec), thrown);
      return;
    }
    if (request.calls === undefined)
      this.serveRequest(new IncomingRequest(this.name, subject, reply || undefined, codec), request);
    else this.serveTogether(subject, reply || undefined, codec, request.calls);
  }

  /** Requests that came in one message: each is served as if it had come alone, but that replies of one turn leave together. */
  private serveTogether(subject: string, reply: string | undefined, codec: Codec, requests: readonly Request[]): void {
    const replies = reply === undefined ? undefined : this.answers.joined(reply, codec);
    for (const request of requests) this.serveRequest(new IncomingRequest(this.name, subject, reply, codec, replies), request);
  }

  private serveRequest(exchange: IncomingRequest, request: Request): void {
    const { subject } = exchange;
    try {
      const age = this.ageOf(exchange, request);
      if (request.refusal !== undefined) throw request.refusal;
      if (request.forms !== undefined && verdictOnForm(subject, request.forms, this.table) === 'leave') return;
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

  /** From here on the call is allowed: is there room for it, do its arguments fit? Then it runs, or waits for a place. */
  private proceed(exchange: IncomingRequest): void {
    const method = exchange.method!;
    const request = exchange.request!;
    if (request.id !== undefined && this.remembered.hasBegun(exchange)) return;
    if (!method.isSystem) this.admission.requireRoom(method);
    method.requireStrict?.(exchange.subject, request.args);
    const args = requireArguments(method, request, this.stats);
    if (method.usage !== undefined) this.usage?.count(method.usage, request, exchange.subject, args);
    if (exchange.wantsNotices) this.announce(exchange);
    if (method.isSystem || this.admission.enter(exchange, args)) this.run(exchange, method, args);
  }

  /** Takes in what a request says; how long it has waited unseen. Only one with a time limit has to be looked at closer. */
  private ageOf(exchange: IncomingRequest, request: Request): number {
    if (request.ttl === undefined) {
      exchange.read(request, Number.POSITIVE_INFINITY);
      return 0;
    }
    const now = performance.now();
    const age = this.clock.ageAt(now);
    exchange.read(request, now + request.ttl - age);
    return age;
  }

  private expired(method: ServedMethod): RpcError {
    this.stats.expired++;
    return lateRequest(method);
  }

  /** Now and then: handlers whose caller has stopped waiting lose their place, and calls that wait in vain theirs in the queue. */
  private lookAround(): void {
    const now = performance.now();
    this.usage?.tick(now);
    for (const exchange of this.running.overdue(now)) {
      this.stats.overdue++;
      this.letGo(exchange, new RpcError('deadline_exceeded', `the caller of ${exchange.label} has stopped waiting`));
    }
    this.admission.dropLate();
  }

  /** Its handler may run on, but nobody waits for it any more. */
  private letGo(exchange: IncomingRequest, why: RpcError): void {
    exchange.abort(why);
    this.release(exchange);
    this.admission.leave(exchange);
  }

  /** It waited and will not run. */
  private drop(exchange: IncomingRequest, why: RpcError): void {
    if (why.code === 'deadline_exceeded') this.stats.expired++;
    this.release(exchange);
    this.refuse(exchange, why);
    this.idle.check();
  }

  private release(exchange: IncomingRequest): void {
    exchange.end();
    this.running.remove(exchange);
    if (exchange.heartbeat !== undefined) this.underWay.remove(exchange);
  }

  /** Tells the caller who runs its call, so that it can be reached here, and goes on giving signs of life if it wants them. */
  private announce(exchange: IncomingRequest): void {
    this.underWay.add(exchange);
    const publish = (data: Uint8Array) => this.transport.publish(exchange.reply!, data);
    exchange.heartbeat = new Heartbeat(this.name, exchange.nonce, exchange.codec, publish);
    exchange.heartbeat.start(exchange.request!.monitor);
  }

  /** Gives up on what waits, and on the handlers that still run: they are told, and so are all callers. */
  abandonAll(why: string): void {
    this.admission.dropAll(why);
    this.undecided.dropAll(why);
    for (const exchange of this.running.all()) {
      const error = new RpcError('server_stopped', `${exchange.label}: ${why}`, {
        retryable: exchange.method!.definition.idempotent,
      });
      this.answers.error(exchange, error);
      exchange.abandoned = true;
      this.letGo(exchange, error);
    }
  }

  /** No more messages will come. */
  close(): void {
    this.clock.stop();
  }

  private run(exchange: IncomingRequest, method: ServedMethod, args: unknown[]): void {
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
  private stream(exchange: IncomingRequest, source: unknown): void {
    const publish = (data: Uint8Array) => this.transport.publish(exchange.reply!, data);
    const stream = new StreamReply(exchange, exchange.codec, publish, this.transport.maxPayload);
    exchange.stream = stream;
    runInScope(exchange, (given) => stream.pump(given), source as StreamSource | Promise<StreamSource>).then(
      (problem) => {
        if (problem !== undefined) this.answers.error(exchange, problem);
        this.settled(exchange);
      },
      (thrown: unknown) => this.fail(exchange, thrown),
    );
  }

  private finish(exchange: IncomingRequest, result: unknown): void {
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

  private fail(exchange: IncomingRequest, thrown: unknown): void {
    if (Refusal.is(thrown)) this.refuse(exchange, thrown);
    else this.answers.failure(exchange, thrown);
    this.settled(exchange);
  }

  private refuse(exchange: IncomingRequest, thrown: unknown): void {
    this.stats.refused++;
    const refusal = Refusal.is(thrown) ? thrown : undefined;
    // what went to everyone is answered by those who can serve it, unless each is asked for its answer
    if (refusal === undefined && exchange.nameWanted === undefined && exchange.subjectIsForAll) return;
    const error = refusal?.error ?? RpcError.from(thrown);
    if (error.code === 'overloaded') this.stats.overloaded++;
    if (error.code === 'overloaded' && !exchange.wantsAnswer) {
      this.refusedCasts.add(error.message);
      return;
    }
    const line = refusal?.line ?? (exchange.wantsAnswer ? undefined : `refused a cast: ${error.message}`);
    if (line !== undefined) this.answers.log('warn', line);
    this.answers.error(exchange, error);
  }

  private settled(exchange: IncomingRequest): void {
    this.release(exchange);
    this.stats.inFlight--;
    this.admission.leave(exchange);
    this.idle.check();
  }
}
