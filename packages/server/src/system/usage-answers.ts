/** The answers to `usage`: encoded when the counts or the second have changed, and remembered while their pages are read. */

import type { Registration } from '../registration/registration';
import type { UsageLog } from '../usage/usage-log';
import { PagedAnswer } from './paged-answer';

/** Most answers of several pages whose pages can be read at one time. */
const MOST_KEPT = 4;

/** The usage reports of one topic of a server. */
export class UsageAnswers {
  private latest: PagedAnswer | undefined;
  private state = '';
  /** The answers of several pages, oldest first. */
  private readonly kept: PagedAnswer[] = [];

  constructor(
    private readonly server: string,
    private readonly registrations: readonly Registration[],
    private readonly log: UsageLog,
  ) {}

  /** Returns the present report. */
  present(maxPayload: number): PagedAnswer {
    const state = this.log.state();
    if (this.latest !== undefined && state === this.state) return this.latest;
    const report = this.log.report(this.server, this.registrations);
    this.latest = new PagedAnswer({ server: this.server, whole: report, content: report, maxPayload });
    this.state = state;
    if (this.latest.isLong && this.kept.push(this.latest) > MOST_KEPT) this.kept.shift();
    return this.latest;
  }

  /** Returns the report with this hash; `undefined` if it is not remembered. */
  of(hash: unknown): PagedAnswer | undefined {
    return this.kept.find((answer) => answer.hash === hash);
  }
}
