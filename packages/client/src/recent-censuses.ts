/** Questions that several calls wait for together, and their answers for a moment: a storm of calls that nobody serves asks the fleet once. */
import { performance } from 'node:perf_hooks';
import type { Census } from './census';

/** Milliseconds for which an answer counts. */
const GOOD_FOR = 500;

interface Asked {
  readonly asked: Promise<Census>;
  census: Census | undefined;
}

/** Remembers censuses by what was asked. */
export class RecentCensuses {
  private readonly asked = new Map<string, Asked>();

  /** What the same question came to just now; `undefined` if it was not asked, or has not been answered yet. */
  known(question: string): Census | undefined {
    return this.asked.get(question)?.census;
  }

  /** The answer to a question that is under way; else asks it. */
  ask(question: string, take: () => Promise<Census>): Promise<Census> {
    const under = this.asked.get(question);
    if (under !== undefined && under.census === undefined) return under.asked;
    const asking: Asked = { asked: take(), census: undefined };
    this.asked.set(question, asking);
    void asking.asked.then((census) => {
      // that nobody has answered in time says nothing to those who ask later
      if (census.servers.length === 0 && !census.nobody) this.forget(question, asking);
      else {
        asking.census = census;
        setTimeout(() => this.forget(question, asking), GOOD_FOR).unref();
      }
    });
    return asking.asked;
  }

  private forget(question: string, asking: Asked): void {
    if (this.asked.get(question) === asking) this.asked.delete(question);
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
