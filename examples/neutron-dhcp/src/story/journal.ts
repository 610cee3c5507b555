/** What a role did in one step: lines to print, and a count of what went over the wire. */
import { isRpcError, type RpcError } from 'concord-rpc';

/** How often each thing happened. */
export interface Tally {
  calls: number;
  casts: number;
  fanouts: number;
  refusals: number;
}

/** One step's outcome, as plain data: it also travels between processes. */
export interface Report {
  readonly lines: readonly string[];
  readonly tally: Tally;
}

/** A tally to begin with. */
export const NOTHING: Readonly<Tally> = { calls: 0, casts: 0, fanouts: 0, refusals: 0 };

/** Sums up. */
export function addTally(to: Tally, more: Tally): void {
  for (const key of Object.keys(to) as (keyof Tally)[]) to[key] += more[key];
}

/** Written while a step runs, taken when it ends. */
export class Journal {
  private lines: string[] = [];
  private tally: Tally = { ...NOTHING };

  say(line: string): void {
    this.lines.push(line);
  }

  /** Counts a call, cast or fanout that went through, and gives its result. */
  async count<T>(kind: 'calls' | 'casts' | 'fanouts', sent: Promise<T>): Promise<T> {
    const result = await sent;
    this.tally[kind]++;
    return result;
  }

  /** Takes what another journal counted. */
  add(tally: Tally): void {
    addTally(this.tally, tally);
  }

  /** Counts a refusal and writes down what it said; anything but a refusal is a failure of the story. */
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
