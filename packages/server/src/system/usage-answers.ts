/** The answers to `usage`: encoded when the counts or the second have changed, and remembered while their pages are read. */

import type { Registration } from '../registration/registration';
import type { UsageLog } from '../usage/usage-log';
import { PagedAnswer } from './paged-answer';

/** After a report of several pages that took so long, the next is made when so many times as much time has passed: reports take a tenth of the time at most. */
const PAUSE_TIMES = 10;
/** Most answers of several pages whose pages can be read at one time. */
const MOST_KEPT = 4;

/** The usage reports of one topic of a server. */
export class UsageAnswers {
  private latest: PagedAnswer | undefined;
  private state = '';
  private notBefore = 0;
  /** The answers of several pages, oldest first. */
  private readonly kept: PagedAnswer[] = [];

  constructor(
    private readonly server: string,
    private readonly registrations: readonly Registration[],
    private readonly log: Pick<UsageLog, 'state' | 'report'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Returns the present report. If reports are large and calls are many, it is that of a moment ago. */
  present(maxPayload: number): PagedAnswer {
    const begin = this.now();
    if (this.latest !== undefined && begin < this.notBefore) return this.latest;
    const state = this.log.state();
    if (this.latest !== undefined && state === this.state) return this.latest;
    const report = this.log.report(this.server, this.registrations);
    this.latest = new PagedAnswer({ server: this.server, whole: report, content: report, maxPayload });
    this.state = state;
    const end = this.now();
    this.notBefore = this.latest.isLong ? end + PAUSE_TIMES * (end - begin) : 0;
    if (this.latest.isLong && this.kept.push(this.latest) > MOST_KEPT) this.kept.shift();
    return this.latest;
  }

  /** Returns the report with this hash; `undefined` if it is not remembered. */
  of(hash: unknown): PagedAnswer | undefined {
    return this.kept.find((answer) => answer.hash === hash);
  }
}
