/** The first half of serving: reads a message, finds its method, and admits its request. Every refusal happens here. */
import { RpcError, type Transport } from '@concord-rpc/core';
import { channels, requireArguments } from '@concord-rpc/core/engine';
import {
  type Codec,
  type Codecs,
  FIRST_BINARY,
  type IncomingMessage,
  jsonCodec,
  type Request,
  type replySubjects,
} from '@concord-rpc/core/wire';
import { verdictOnForm } from '../dispatch/chosen-form';
import type { DispatchTable } from '../dispatch/dispatch-table';
import type { Admission } from '../load/admission';
import { announce } from '../load/announce';
import type { AnnouncedCalls } from '../load/announced-calls';
import { DecidingRequests } from '../load/deciding-requests';
import type { IdleWait } from '../load/idle-wait';
import type { RememberedResults } from '../load/remembered-results';
import type { StallClock } from '../load/stall-clock';
import { ObservedRequest, type RequestWatchers } from '../observed/observed-request';
import type { RequestAnswers } from '../request/answers';
import { BatchedReplies } from '../request/batched-replies';
import { IncomingRequest, type ReceivedMessage } from '../request/incoming-request';
import { lateRequest } from '../request/late-request';
import { requireBatch, withinSize } from '../request/request-size';
import type { ServedMethod } from '../request/served-method';
import type { ServerStats } from '../request/server-stats';
import type { SystemAnswers } from '../system/system-answers';
import type { UsageCounts } from '../usage/usage-counts';
import type { AccessGuard } from './access';
import type { Refusals } from './refusals';
import type { HandlerRunner } from './run';

/** The parts of a server that receiving a message needs. */
export interface ReceiverParts {
  /** The server's name. */
  readonly name: string;
  readonly transport: Transport;
  readonly codecs: Codecs;
  readonly table: DispatchTable;
  readonly clock: StallClock;
  readonly stats: ServerStats;
  readonly idle: IdleWait;
  readonly admission: Admission;
  readonly system: SystemAnswers;
  readonly remembered: RememberedResults;
  readonly announced: AnnouncedCalls;
  readonly answers: RequestAnswers;
  readonly refusals: Refusals;
  readonly runner: HandlerRunner;
  /** `undefined`: every call is allowed. */
  readonly access: AccessGuard | undefined;
  readonly usage: UsageCounts;
  readonly watchers: RequestWatchers;
  /** Most bytes of a request. */
  readonly maxRequestBytes: number;
  /** Tests a reply subject. */
  checkReply(subject: string): replySubjects.ReplyForm;
}

/** Receives the messages of one server. */
export class Receiver {
  /** Requests that the access policy has not decided yet. */
  readonly deciding: DecidingRequests;

  constructor(private readonly parts: ReceiverParts) {
    const { refusals, idle } = parts;
    this.deciding = new DecidingRequests({
      proceed: (request) => this.proceed(request),
      expired: (request) => this.expired(request.method!),
      refuse: (request, thrown) => refusals.refuse(request, thrown),
      onDecided: () => idle.check(),
    });
  }

  /** Serves one message. Never throws. */
  receive({ subject, data, reply: given }: IncomingMessage): void {
    const { name, codecs, stats, checkReply, maxRequestBytes } = this.parts;
    const reply = given || undefined;
    const form = reply === undefined ? 'alone' : checkReply(reply);
    if (form === 'forbidden') {
      stats.badReplySubjects++; // an answer would use this server's rights to publish where the caller may have none
      return;
    }
    let codec: Codec = jsonCodec;
    let envelope: Request;
    try {
      if (!(data[0]! < FIRST_BINARY)) codec = codecs.of(data);
      if (data.length > maxRequestBytes) requireBatch(codec, data, maxRequestBytes);
      envelope = codec.decodeRequest(data);
      if (data.length > maxRequestBytes) envelope = withinSize(envelope, data.length, maxRequestBytes);
    } catch (thrown) {
      this.refuseUnread({ subject, reply, form, codec }, data, thrown);
      return;
    }
    const message = { subject, reply, form, codec };
    if (envelope.calls === undefined) {
      const request = new IncomingRequest(name, message, envelope);
      request.asked = data.length + subject.length + (reply?.length ?? 0);
      this.admit(request);
    } else this.receiveBatch(message, data.length, envelope.calls);
  }

  /** Refuses a message that was not decoded. The reply has the nonce, if the message begins with it, so that the caller receives it. */
  private refuseUnread(message: ReceivedMessage, data: Uint8Array, thrown: unknown): void {
    const { nonce, cast } = message.codec.peek(data);
    this.parts.refusals.refuse(new IncomingRequest(this.parts.name, message, { args: [], nonce, cast }), thrown);
  }

  /** Serves each request of a batch of so many bytes as if it had come alone; its replies are bounded together. */
  private receiveBatch(message: ReceivedMessage, bytes: number, envelopes: readonly Request[]): void {
    const replies = message.reply === undefined ? undefined : new BatchedReplies(bytes, envelopes.length);
    for (const envelope of envelopes) {
      const request = new IncomingRequest(this.parts.name, message, envelope);
      request.replies = replies;
      this.admit(request);
    }
  }

  /** Finds the method of a request; refuses the request if its method, its mode or its deadline does not allow it. */
  private admit(request: IncomingRequest): void {
    const { table, clock, access, refusals, admission } = this.parts;
    const { subject, envelope } = request;
    try {
      let age = 0;
      if (envelope.ttl !== undefined) {
        const now = performance.now();
        age = clock.ageAt(now);
        request.deadline = now + envelope.ttl - age;
      }
      if (envelope.refusal !== undefined) throw envelope.refusal;
      if (envelope.forms !== undefined && verdictOnForm(subject, envelope.forms, table) === 'leave') return;
      const method = table.methods.get(subject);
      request.method = method;
      // every server of a topic gets a fanout: it is not for those that do not serve its interface
      if (channels.request.hasSubscribers && (method === undefined ? !request.subjectIsForAll : method.system === undefined)) {
        request.observed = new ObservedRequest(request, this.parts.watchers);
      }
      if (method === undefined) throw table.refusal(subject);
      if (method.definition.mode !== undefined) requireMode(method, request);
      if (envelope.ttl !== undefined && envelope.ttl <= age) throw this.expired(method);
      if (access !== undefined && !method.isControl) admission.requireRoomToDecide(method, this.deciding.size);
      const decision = access?.check(request);
      if (decision === undefined) this.proceed(request);
      else void this.deciding.hold(request, decision);
    } catch (thrown) {
      refusals.refuse(request, thrown);
    }
  }

  /** Runs or queues an allowed request; throws its refusal if the server is full or its arguments are invalid. */
  private proceed(request: IncomingRequest): void {
    const { admission, remembered, stats, usage, answers, announced, runner, system } = this.parts;
    const method = request.method!;
    if (method.system !== undefined) {
      system.serve(request);
      return;
    }
    const envelope = request.envelope;
    if (envelope.id !== undefined && remembered.hasBegun(request)) return;
    admission.requireRoom(method);
    method.requireStrict?.(request.subject, envelope.args);
    const args = requireArguments(method, envelope.args, stats);
    request.args = args;
    if (method.usage !== undefined) usage.count(method.usage, envelope, request.subject, args);
    if (request.wantsNotices) announce(request, answers, announced);
    if (admission.enter(request)) runner.run(request);
  }

  private expired(method: ServedMethod): RpcError {
    this.parts.stats.expired++;
    return lateRequest(method);
  }
}

/**
 * Refuses a call of a method that is declared for casts, and a cast of a method that is declared for calls.
 *
 * @throws RpcError `invalid_target`
 */
function requireMode({ definition, label }: ServedMethod, request: IncomingRequest): void {
  const { mode } = definition;
  const answers = mode === 'call' || mode === 'stream';
  if (answers === request.wantsAnswer && (mode !== 'fanout' || request.subjectIsForAll)) return;
  throw new RpcError('invalid_target', `${label} is declared mode "${mode}"`);
}
