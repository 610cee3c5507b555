/** The notifications that an agent has dealt with and that the story has not told yet, in the order in which they were done. */
import { EventEmitter, once } from 'node:events';
import type { Report } from '../story/journal';

const LONGEST_WAIT = 5_000;

/** A queue: handlers add, the story takes. */
export class HeardNotifications {
  private readonly done: (Report | Error)[] = [];
  private readonly events = new EventEmitter();

  add(outcome: Report | Error): void {
    this.done.push(outcome);
    this.events.emit('done');
  }

  /** The next one; waits for it if it has not come yet. */
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
