/** Questions that several calls wait for together: a storm of calls that nobody serves asks the fleet one at a time. */
import { performance } from 'node:perf_hooks';
import type { Census } from './census';

/** The censuses under way, by what is asked. Nothing is remembered of those that have ended: what they said may not be so any more. */
export class SharedCensuses {
  private readonly asked = new Map<string, Promise<Census>>();

  /** The answer to a question that is under way; else asks it. */
  ask(question: string, take: () => Promise<Census>): Promise<Census> {
    let asked = this.asked.get(question);
    if (asked === undefined) {
      asked = take().finally(() => this.asked.delete(question));
      this.asked.set(question, asked);
    }
    return asked;
  }
}

/** A census, or at a point in time an empty one; a census ends by itself where there is no such point. */
export function inTime(asked: Promise<Census>, deadline: number): Promise<Census> {
  if (deadline === Number.POSITIVE_INFINITY) return asked;
  let timer: NodeJS.Timeout;
  const late = new Promise<Census>((resolve) => {
    const nothing: Census = { servers: [], times: new Map(), nobody: false, refusal: undefined };
    timer = setTimeout(() => resolve(nothing), Math.max(0, deadline - performance.now()));
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
