/** Questions to servers that several calls wait for together, so that many calls that fail at once ask the servers once. */
import type { Census } from './census';

/** The censuses in progress, by question. A census that has ended is not remembered: its answers may be out of date. */
export class SharedCensuses {
  private readonly asked = new Map<string, Promise<Census>>();

  /** Joins the census in progress for a question, or begins one. */
  ask(question: string, take: () => Promise<Census>): Promise<Census> {
    let asked = this.asked.get(question);
    if (asked === undefined) {
      asked = take().finally(() => this.asked.delete(question));
      this.asked.set(question, asked);
    }
    return asked;
  }
}
