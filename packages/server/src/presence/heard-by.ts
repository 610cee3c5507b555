/** Counts the peers that have pinged a server by its name since it said hello: to them, its subscriptions are known. */
import { inTime } from '@concord-rpc/core/engine';
import { replySubjects } from '@concord-rpc/core/wire';

/** The peers of one server that starts, told apart by the first two tokens of their reply subjects. */
export class HeardBy {
  private readonly peers = new Set<string>();
  private readonly waits: { readonly count: number; resolve(): void }[] = [];

  /** Counts the sender of a ping to the name of the server. */
  note(reply: string): void {
    if (this.waits.length === 0) return;
    this.peers.add(replySubjects.clientIn(reply));
    for (const { count, resolve } of this.waits) if (this.peers.size >= count) resolve();
  }

  /** Resolves when so many peers have pinged the server, or after so many milliseconds; to the number of peers. */
  async wait(count: number, timeout: number): Promise<number> {
    await inTime(new Promise<void>((resolve) => this.waits.push({ count, resolve })), timeout, () => undefined);
    this.waits.length = 0;
    return this.peers.size;
  }
}
