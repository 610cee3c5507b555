/** A contract at two versions, and its implementation, for tests of metrics. */
import { Endpoint, RpcMethod, remote, Since } from 'concord-rpc';

/** The error that `add` declares. */
export class NoMoney extends Error {}
/** The error that `add` expects. */
export class Odd extends Error {}

/** The contract. */
@Endpoint({ topic: 'ledger', namespace: 'books', version: '1.2' })
export abstract class Ledger {
  @RpcMethod({ since: '1.1', idempotent: true, errors: [NoMoney], expected: [Odd] })
  add(_amount: number, @Since('1.2', { droppable: true }) _note?: string): Promise<number> {
    return remote();
  }
  @RpcMethod({ since: '1.0', mode: 'cast' })
  note(_text: string): Promise<void> {
    return remote();
  }
  @RpcMethod({ since: '1.0', mode: 'stream', returns: Number })
  count(_to: number): AsyncIterable<number> {
    return remote();
  }
  @RpcMethod({ since: '1.2' })
  fresh(): Promise<number> {
    return remote();
  }
}

/** The contract as of an earlier version. */
@Endpoint({ topic: 'ledger', namespace: 'books', version: '1.1', name: 'Ledger' })
export abstract class OldLedger {
  @RpcMethod({ since: '1.1', idempotent: true, errors: [NoMoney], expected: [Odd] })
  add(_amount: number): Promise<number> {
    return remote();
  }
}

/** The implementation. */
export const handlers = {
  add: async (amount: number) => {
    if (amount === -1) throw new NoMoney('none');
    if (amount === -2) throw new Odd('odd');
    if (amount === -3) throw new Error('secret');
    return amount;
  },
  note: async () => undefined,
  async *count(to: number) {
    for (let i = 0; i < to; i++) yield i;
  },
  fresh: async () => 1,
};
