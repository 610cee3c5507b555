/** The notifications that an agent has handled and the story has not yet printed, in order. */
import { EventEmitter, once } from 'node:events';
import type { Report } from '../story/journal';

const LONGEST_WAIT = 5_000;

/** A queue. Handlers add notifications; the story takes them. */
export class HeardNotifications {
  private readonly done: (Report | Error)[] = [];
  private readonly events = new EventEmitter();

  add(outcome: Report | Error): void {
    this.done.push(outcome);
    this.events.emit('done');
  }

  /** Resolves with the next notification, once there is one. */
  async next(): Promise<Report> {
    if (this.done.length === 0) {
      await once(this.events, 'done', { signal: AbortSignal.timeout(LONGEST_WAIT) }).catch(() => {
        throw new Error(`no notification came within ${LONGEST_WAIT} ms`);
      });
    }
    const outcome = this.done.shift()!;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }
}
