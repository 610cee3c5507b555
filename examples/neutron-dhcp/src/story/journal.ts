/** The outcome of one step: lines to print, and counts of calls, casts, fanouts and refusals. */
import { isRpcError, type RpcError } from 'concord-rpc';

/** Counts of calls, casts, fanouts and refusals. */
export interface Tally {
  calls: number;
  casts: number;
  fanouts: number;
  refusals: number;
}

/** The outcome of one step, as plain data, because it also travels between processes. */
export interface Report {
  readonly lines: readonly string[];
  readonly tally: Tally;
}

/** A tally of zeros. */
export const NOTHING: Readonly<Tally> = { calls: 0, casts: 0, fanouts: 0, refusals: 0 };

/** Returns the sum of two tallies. */
export function addTally(to: Tally, more: Tally): void {
  for (const key of Object.keys(to) as (keyof Tally)[]) to[key] += more[key];
}

/** Collects the outcome of a step while it runs. */
export class Journal {
  private lines: string[] = [];
  private tally: Tally = { ...NOTHING };

  say(line: string): void {
    this.lines.push(line);
  }

  /** Counts a successful call, cast or fanout, and returns its result. */
  async count<T>(kind: 'calls' | 'casts' | 'fanouts', sent: Promise<T>): Promise<T> {
    const result = await sent;
    this.tally[kind]++;
    return result;
  }

  /** Adds the counts of another journal. */
  add(tally: Tally): void {
    addTally(this.tally, tally);
  }

  /** Counts a refusal and writes its message. Throws any other error, which is a failure of the story. */
  async refused(what: string, sent: Promise<unknown>): Promise<RpcError> {
    const outcome = await sent.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!isRpcError(outcome)) throw outcome ?? new Error(`${what} should have been refused`);
    this.tally.refusals++;
    this.say(`${what} refused: ${outcome.message}`);
    return outcome;
  }

  take(): Report {
    const report = { lines: this.lines, tally: this.tally };
    this.lines = [];
    this.tally = { ...NOTHING };
    return report;
  }
}
