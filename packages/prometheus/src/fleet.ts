/** The servers that a client sees, with their versions, kept up to date by the client's watch. */
import type { MeasuredClient } from './measured';

/** Watches the servers of a client until it ends, the connection closes, or the broker forbids it. */
export class WatchedFleet {
  readonly contract: string;
  /** Versions by server. A server of two majors has two. */
  readonly versions = new Map<string, readonly string[]>();
  private readonly watch: ReturnType<MeasuredClient['$watch']>;

  constructor({ $contract, $watch }: MeasuredClient) {
    this.contract = $contract.name;
    this.watch = $watch();
    void this.follow();
  }

  end(): void {
    void this.watch.return?.();
  }

  private async follow(): Promise<void> {
    try {
      for await (const { change, server } of this.watch) {
        if (change === 'left') this.versions.delete(server.server);
        else this.versions.set(server.server, server.versions);
      }
    } catch {
      // the broker does not let this connection ask for the servers: there is nothing to count
    }
    this.versions.clear();
  }
}
