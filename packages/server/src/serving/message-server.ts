/** Puts together the parts that serve the messages of one started server. */
import type { Transport } from '@concord-rpc/core';
import type { Log } from '@concord-rpc/core/engine';
import { type Codecs, type IncomingMessage, replySubjects } from '@concord-rpc/core/wire';
import type { DispatchTable } from '../dispatch/dispatch-table';
import { countDeniedReplies } from '../listening/denied-replies';
import { watchJoinedPermission } from '../listening/joined-permission';
import { Admission, type AdmissionLimits } from '../load/admission';
import { announce } from '../load/announce';
import type { AnnouncedCalls } from '../load/announced-calls';
import { IdleWait } from '../load/idle-wait';
import type { Waiters } from '../load/queue';
import { RememberedResults } from '../load/remembered-results';
import { StallClock } from '../load/stall-clock';
import { type ErrorMapper, mapErrorsBy } from '../registration/mapped-errors';
import type { Registration } from '../registration/registration';
import { RequestAnswers } from '../request/answers';
import { requireMaxRequestBytes } from '../request/request-size';
import { NO_STATS, type ServerStats } from '../request/server-stats';
import { SystemAnswers } from '../system/system-answers';
import { SystemQuota } from '../system/system-quota';
import type { UsageCounts } from '../usage/usage-counts';
import type { Watchers } from '../watched/watchers';
import { type AbandonParts, abandonAll, abandonLate } from './abandon';
import type { AccessGuard } from './access';
import { Receiver } from './receive';
import { Refusals } from './refusals';
import { HandlerRunner } from './run';

/** The settings of a server when it starts. */
export interface MessageServerSettings {
  readonly name: string;
  readonly transport: Transport;
  readonly codecs: Codecs;
  readonly table: DispatchTable;
  readonly announced: AnnouncedCalls;
  readonly logger: Log;
  readonly registrations: readonly Registration[];
  readonly limits: AdmissionLimits;
  readonly access: AccessGuard | undefined;
  readonly mapError: ErrorMapper | undefined;
  readonly usage: UsageCounts;
  readonly watchers: Watchers;
}

/** Serves messages until it is closed. */
export class MessageServer {
  readonly stats: ServerStats = { ...NO_STATS };
  /** The answers that clients can get about this server. */
  readonly quota = new SystemQuota();
  /** Waits for the end of all requests. */
  readonly idle: IdleWait;
  /** Serves one message. Never throws. */
  readonly receive: (message: IncomingMessage) => void;
  private readonly clock: StallClock;
  private readonly receiver: Receiver;
  private readonly abandonParts: AbandonParts;
  private readonly watchers: Watchers;
  private readonly stopCounting: () => void;
  private readonly stopWatching: () => void;

  /** @throws RpcError `invalid_argument` for an invalid limit, or a limit of a method that is not served. */
  constructor(settings: MessageServerSettings) {
    const { transport, announced, logger, registrations, limits, usage, watchers } = settings;
    const maxRequestBytes = requireMaxRequestBytes(limits.maxRequestBytes);
    const { stats } = this;
    const idle = new IdleWait(() => stats.inFlight + stats.queued + this.receiver.deciding.size);
    const answers: RequestAnswers = new RequestAnswers(
      transport,
      stats,
      logger,
      mapErrorsBy(settings.mapError, (line) => answers.warn(line)),
    );
    const refusals = new Refusals(stats, answers);
    const waiters: Waiters = {
      run: (request) => runner.run(request),
      drop: (request, why) => {
        if (why.code === 'deadline_exceeded') stats.expired++;
        if (request.heartbeat !== undefined) announced.remove(request);
        refusals.refuse(request, why);
        idle.check();
      },
    };
    const admission = new Admission({ limits, registrations, stats, idle, waiters });
    const remembered = new RememberedResults(stats, {
      wait: (request) => {
        request.become('queued');
        if (request.wantsNotices) announce(request, answers, announced);
      },
      answer: (request, answer) => {
        if (request.heartbeat !== undefined) announced.remove(request);
        answers.again(request, answer);
        request.become('answered');
      },
    });
    const runner = new HandlerRunner({ transport, admission, announced, answers, refusals });
    const clock = new StallClock(transport, (now) => this.tick(usage, now));
    const checkReply = replySubjects.compileCheck(transport.root);
    const log = (line: string) => answers.warn(line);
    this.stopCounting = countDeniedReplies({ transport, stats, answers, log });
    this.stopWatching = watchJoinedPermission(transport, (isAllowed) => {
      answers.joined.isAllowed = isAllowed;
    });
    this.receiver = new Receiver({
      name: settings.name,
      transport,
      codecs: settings.codecs,
      table: settings.table,
      clock,
      stats,
      idle,
      admission,
      system: new SystemAnswers(transport, answers, this.quota),
      remembered,
      announced,
      answers,
      refusals,
      runner,
      access: settings.access,
      usage,
      watchers,
      maxRequestBytes,
      checkReply,
    });
    this.receive = this.receiver.receive.bind(this.receiver);
    this.abandonParts = { admission, announced, answers, deciding: this.receiver.deciding, stats };
    this.idle = idle;
    this.watchers = watchers;
    this.clock = clock;
  }

  /** Refuses what waits, and answers what runs in place of the handlers. */
  abandonAll(why: string): void {
    abandonAll(this.abandonParts, why);
  }

  /** Stops the clock, when no more messages will arrive. */
  close(): void {
    this.clock.stop();
    this.watchers.close();
    this.stopCounting();
    this.stopWatching();
  }

  private tick(usage: UsageCounts, now: number): void {
    usage.tick(now);
    if (this.stats.inFlight + this.stats.queued > 0) abandonLate(this.abandonParts, now);
  }
}
