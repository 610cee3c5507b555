/** Questions to servers that several calls wait for together, so that many calls that fail at once ask the servers once. */
import { inTime } from '@concord-rpc/core/engine';
import type { Census, RunningCensus } from '../fleet/census';

/** The censuses in progress, by question. A census that has ended is not remembered: its answers may be out of date. */
export class SharedCensuses {
  private readonly asked = new Map<string, RunningCensus>();

  /** Joins the census in progress for a question, or begins one. Resolves to the answers until then if the deadline passes before its end. */
  ask(question: string, deadline: number, begin: () => RunningCensus): Promise<Census> {
    let asked = this.asked.get(question);
    if (asked === undefined) {
      asked = begin();
      this.asked.set(question, asked);
      void asked.result.finally(() => this.asked.delete(question));
    }
    const running = asked;
    return inTime(running.result, deadline - performance.now(), () => running.soFar());
  }
}
