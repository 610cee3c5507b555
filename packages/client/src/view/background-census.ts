/** The census that fills a view in the background: it decides when all servers have answered, and takes in later answers. */
import { RpcError } from '@concord-rpc/core';
import { isAnnouncement, PING, type Reply, type ServerAnnouncement, subjects } from '@concord-rpc/core/wire';
import { denied, publishQuestion, QUIET } from '../fleet/census';
import type { Line } from '../line/line';
import type { Ending, PendingCall, Slot } from '../line/pending-call';

/** Longest time of a census in milliseconds. */
const LONGEST = 15_000;
/** With more known servers, they are asked to spread their answers. */
const MANY = 500;
/** Milliseconds of splay for each server. */
const SPLAY = 0.5;

/** The owner of a census. */
export interface CensusOwner {
  /** Receives each answer, also after the end. */
  onAnswer(announcement: ServerAnnouncement): void;
  /** No further answer is expected, or the servers could not be asked. Called once, unless the census is stopped before. */
  onEnd(isComplete: boolean, refusal: RpcError | undefined): void;
}

/** Milliseconds over which so many servers spread their answers; `undefined` if they are few. */
export function splayFor(servers: number, each = SPLAY): number | undefined {
  return servers > MANY ? Math.round(servers * each) : undefined;
}

/** One census of all servers of a topic. It keeps no process alive, and `drain` does not wait for it. */
export class BackgroundCensus implements PendingCall {
  readonly isBackground = true;
  readonly subject: string;
  readonly deadline = performance.now() + LONGEST;
  slot: Slot | undefined;
  private quiet: NodeJS.Timeout | undefined;
  /** True when no further answer is expected. */
  isOver = false;
  /** True if it was answered and ran its full time: then it can prove that no server takes a call. */
  isProof = false;
  private isAnswered = false;
  private readonly waits = new Set<() => void>();

  constructor(
    readonly line: Line,
    private readonly address: subjects.Address,
    private readonly owner: CensusOwner,
  ) {
    this.subject = subjects.systemSubject(subjects.allPrefix(address), PING);
  }

  /** Asks the servers, of which so many are known. */
  begin(known: number): void {
    try {
      publishQuestion(this.line, this, { address: this.address, splay: splayFor(known) });
      this.waitForNext();
    } catch (thrown) {
      this.line.pending.close(this);
      this.end(false, RpcError.from(thrown));
    }
  }

  onReply({ result }: Reply): void {
    if (!isAnnouncement(result)) return;
    this.isAnswered = true;
    this.owner.onAnswer(result);
    this.waitForNext();
  }

  onNoResponders(): void {
    this.end(true);
  }

  onEnding(ending: Ending): void {
    this.end(ending === 'deadline', denied(ending, this));
  }

  /** Takes no more answers. */
  stop(): void {
    clearTimeout(this.quiet);
    this.isOver = true;
    this.line.pending.abandon(this);
    this.wake();
  }

  /** Resolves when the census is over, or when what is listened to calls back. `listen` returns a function that removes the listener. */
  overOr(listen: (next: () => void) => () => void): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.waits.delete(end);
        stopListening();
        resolve();
      };
      const stopListening = listen(end);
      this.waits.add(end);
    });
  }

  private wake(): void {
    for (const end of [...this.waits]) end();
  }

  private waitForNext(): void {
    if (this.isOver) return;
    clearTimeout(this.quiet);
    const patience = this.line.transport.inProcess === true ? QUIET.inProcess : QUIET.full;
    this.quiet = setTimeout(() => this.end(true), patience);
  }

  private end(isComplete: boolean, refusal?: RpcError): void {
    clearTimeout(this.quiet);
    if (this.isOver) return;
    this.isOver = true;
    this.isProof = isComplete && this.isAnswered;
    this.owner.onEnd(isComplete, refusal);
    this.wake();
  }
}
