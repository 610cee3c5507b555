/** The skew kit: clients and servers of one contract at several versions, for a user's tests of a rolling upgrade. */
import type { Client } from '@concord-rpc/client';
import type { Class, ContractDocument } from '@concord-rpc/core';
import { type Contract, compileContract, contractDocument, endpointKey, parseVersion } from '@concord-rpc/core/engine';
import { contractAt } from '@concord-rpc/evolution';
import { classValidation } from '@concord-rpc/validation';
import { cutHandlers } from './cut-handlers';
import { SideBySide } from './side-by-side';
import { type SkewSide, sideOf } from './skew-side';

/** The contract, its handlers and its recorded releases. */
export interface SkewOptions<T> {
  /** The contract class of today. */
  readonly contract: Class<T>;
  /** Today's handlers. Servers of older versions run them too; fields that the older version did not have are removed from the results. */
  readonly implementation: T;
  /** Contract files of releases, by version. A version without one is derived from today's contract by its `since` marks. */
  readonly recorded?: Readonly<Record<string, ContractDocument>> | undefined;
}

/** One contract at several versions in this process, over a memory transport. Servers and clients share no state. */
export class Skew<T extends object> {
  private running = new SideBySide();
  private readonly today: Contract;
  private readonly document: ContractDocument;

  constructor(private readonly options: SkewOptions<T>) {
    this.today = compileContract(options.contract, classValidation);
    this.document = contractDocument([this.today]) as ContractDocument;
  }

  /** Stops all servers and starts one for each version, named `server-1.2` and so on. Clients made before this call find no server. */
  async serve(...versions: readonly string[]): Promise<void> {
    await this.stop();
    this.running = new SideBySide();
    for (const version of versions) {
      const side = this.sideAt(version);
      const handlers = cutHandlers(this.today, this.options.implementation, parseVersion(version).minor);
      await this.running.serve(side, handlers, { server: `server-${version}` });
    }
  }

  /** Returns a client of a version. Today's version uses today's class; a client of an older version has that version's methods and types. */
  client(version: string): Client<T> {
    return this.running.client(this.sideAt(version)) as unknown as Client<T>;
  }

  /** Stops all servers. */
  stop(): Promise<void> {
    return this.running.stop();
  }

  private sideAt(version: string): SkewSide {
    const { contract, recorded = {} } = this.options;
    const key = endpointKey(this.today);
    if (recorded[version] !== undefined) return sideOf(recorded[version], key);
    return sideOf(contractAt(this.document, key, parseVersion(version, 'skew version'))!, key, [contract]);
  }
}
