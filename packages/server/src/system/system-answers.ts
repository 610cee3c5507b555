/** Serves system methods: at once, outside of the concurrency limit, and never with more bytes than their questions allow. */
import { RpcError, type Transport } from '@concord-rpc/core';
import { byteLength, type Encoded, MOST_TIMES } from '@concord-rpc/core/wire';
import type { RequestAnswers } from '../request/answers';
import type { IncomingRequest } from '../request/incoming-request';
import { Refusal } from '../request/refusal';
import type { SystemHandler, SystemQuestion } from '../request/served-method';
import type { SystemQuota } from './system-quota';

/** Answers the questions about one server. */
export class SystemAnswers {
  constructor(
    private readonly transport: Transport,
    private readonly answers: RequestAnswers,
    private readonly quota: SystemQuota,
  ) {}

  /**
   * Serves a request whose method is a system method. `cancel` and `credit` are always taken.
   *
   * @throws Refusal
   */
  serve(request: IncomingRequest): void {
    const { system } = request.method!;
    const { args } = request.envelope;
    const given: readonly unknown[] = Array.isArray(args) ? args : [];
    if (!request.wantsAnswer) void system!(given);
    else if (this.answer(request, (question) => system!(given, question)) === 'later') return;
    request.become('answered');
  }

  /** Refusals are sent also for questions to all servers: who gets no answer cannot tell a limit from a dead server. */
  private answer(request: IncomingRequest, answerTo: (question: SystemQuestion) => ReturnType<SystemHandler>): 'now' | 'later' {
    try {
      this.quota.admit(request);
      const question = this.questionOf(request);
      const answer = answerTo(question);
      if (answer instanceof Promise) {
        void this.answerLater(request, answer);
        return 'later';
      }
      if (answer !== undefined) this.answers.encoded(request, requireRoom(answer, request, question));
      return 'now';
    } catch (thrown) {
      throw Refusal.is(thrown) ? thrown : new Refusal(RpcError.from(thrown));
    }
  }

  /** The room is judged when the answer is sent: other answers to the same batch may have used it. */
  private async answerLater(request: IncomingRequest, answer: Promise<Encoded>): Promise<void> {
    try {
      const encoded = await answer;
      this.answers.encoded(request, requireRoom(encoded, request, this.questionOf(request)));
    } catch (thrown) {
      this.answers.error(request, RpcError.from(thrown));
    }
    request.become('answered');
  }

  private questionOf(request: IncomingRequest): SystemQuestion {
    const { codec, nonce, nameWanted, replies, asked, subject } = request;
    const reply = request.reply!;
    const frame = byteLength(codec.wrapResult(codec.encodeItem(null), nonce, nameWanted));
    const room = replies === undefined ? MOST_TIMES * asked - reply.length : replies.room;
    return { codec, subject, reply, room: Math.min(room, this.transport.maxPayload) - frame };
  }
}

function requireRoom(answer: Encoded, { label }: IncomingRequest, { room }: SystemQuestion): Encoded {
  const size = byteLength(answer);
  if (size <= room) return answer;
  const sentence = `${label}: the answer has ${size} bytes, and its question has room for ${Math.max(0, room)}: ${MOST_TIMES} for each byte of the question; make the question longer, with white space at its end`;
  throw new RpcError('payload_too_large', sentence, { executed: 'no', data: { where: 'reply', size, limit: Math.max(0, room) } });
}
