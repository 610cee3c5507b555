/** Prints what happens line by line and counts answers and refusals. */
import { isRpcError } from 'concord-rpc';

/** Prints each call with its actual result, and counts them. */
export class Narration {
  private answers = 0;
  private refusals = 0;

  title(text: string): void {
    console.log(`\n${text}`);
  }

  say(text: string): void {
    console.log(`  ${text}`);
  }

  /** Makes a call and prints its result or its error. */
  async call(what: string, send: () => Promise<unknown>): Promise<void> {
    try {
      const result = await send();
      this.answers++;
      this.say(`${what}\n    -> ${String(result)}`);
    } catch (error) {
      if (!isRpcError(error)) throw error;
      this.refusals++;
      this.say(`${what}\n    refused: ${error.message}   (executed: ${error.executed})`);
    }
  }

  /** Makes the same call many times and returns the number of answers of each server. */
  async callMany(times: number, what: string, send: () => Promise<string>): Promise<Map<string, number>> {
    const answered = new Map<string, number>();
    let refused = 0;
    for (let call = 0; call < times; call++) {
      try {
        const server = (await send()).replace(/^.* from /, '');
        answered.set(server, (answered.get(server) ?? 0) + 1);
        this.answers++;
      } catch (error) {
        if (!isRpcError(error)) throw error;
        refused++;
        this.refusals++;
      }
    }
    const served = [...answered.values()].reduce((sum, count) => sum + count, 0);
    this.say(`${what}, ${times} times\n    -> ${served} answered, ${refused} refused`);
    return answered;
  }

  end(): void {
    console.log(`\nshown: ${this.answers} calls answered, ${this.refusals} refused; releases 1.0, 1.1 and 1.2 of one interface`);
  }
}
