/** A client of one version and a server of another, over the memory transport: real codec, version check, validators and cut; only the handlers are made up. */
import { isDeepStrictEqual } from 'node:util';
import type { CallMode } from '@concord-rpc/core';
import { isRpcError } from '@concord-rpc/core';
import { compileContract, compileSentArguments, type MethodDocument } from '@concord-rpc/core/engine';
import { type Outcome } from '@concord-rpc/evolution';
import { SideBySide, type SkewSide } from '@concord-rpc/testing';
import { plain } from './carried-values';

/** A call, and what its handler gives. */
export interface MockCall {
  readonly method: string;
  readonly mode: CallMode;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

/** The result of a call. */
export interface Ran {
  readonly outcome: Outcome;
  /** The reason for an outcome other than ok. */
  readonly why?: string;
  /** The arguments that the handler received. */
  readonly received?: readonly unknown[];
  /** The value that the client returned; for a stream, its items. */
  readonly returned?: unknown;
}

const TIME_LIMIT = 5_000;
const REFUSED: Readonly<Record<string, Outcome>> = {
  unsupported_version: 'reject',
  version_capped: 'reject',
  no_servers: 'no-endpoint',
  unknown_namespace: 'no-endpoint',
};

/** The methods of a client, called by name. */
type CalledMethods = Readonly<Record<string, (...args: unknown[]) => Promise<unknown> & AsyncIterable<unknown>>>;

const QUIET = { warn: () => undefined, error: () => undefined };

/** A client of one version and a server of another; no server if `serving` is `undefined`. */
export class MockPair {
  private readonly sides = new SideBySide();
  private readonly client: ReturnType<SideBySide['client']>;
  private server: string | undefined;
  private now: MockCall | undefined;
  private readonly received: (readonly unknown[])[] = [];

  constructor(
    client: SkewSide,
    private readonly serving: SkewSide | undefined,
  ) {
    this.client = this.sides.client(client, { retry: false, timeout: TIME_LIMIT });
  }

  /** Starts the server. `methods`: the methods of its contract; handlers answer to their former names too. */
  async start(methods: Readonly<Record<string, MethodDocument>>): Promise<void> {
    if (this.serving === undefined) return;
    const contract = compileContract(this.serving.type, this.serving.validator);
    const handlers = Object.entries(methods).flatMap(([name, { mode, aliases = [] }]) => {
      // the handler of a class of the code receives instances; they are compared as they would be sent
      const sent = compileSentArguments(contract.methods.get(name)!, contract.dtos) ?? ((args: unknown[]) => args);
      const handler = (...args: unknown[]) => (mode === 'stream' ? this.streaming(sent(args)) : this.answering(sent(args)));
      return [name, ...aliases].map((each) => [each, handler]);
    });
    const { name } = await this.sides.serve(this.serving, Object.fromEntries(handlers), { logger: QUIET });
    this.server = name;
  }

  /** Stops the server and closes the transport. */
  stop(): Promise<void> {
    return this.sides.close();
  }

  /** Sends a call. */
  async run(call: MockCall): Promise<Ran> {
    this.now = call;
    this.received.length = 0;
    try {
      const returned = await this.send(call);
      const [received] = this.received;
      if (received === undefined) {
        const outcome = this.server === undefined ? 'no-endpoint' : 'reject';
        return { outcome, why: 'no server handled it, and the sender of a one-way message is not told' };
      }
      const arrived = received.filter((_, index) => index < call.args.length);
      const isWhole = isDeepStrictEqual(withoutTail(plain(arrived)), withoutTail(plain(call.args)));
      return { outcome: isWhole ? 'ok' : 'degrade', received: arrived, returned };
    } catch (thrown) {
      if (!isRpcError(thrown)) throw thrown;
      return { outcome: REFUSED[thrown.code] ?? 'break', why: thrown.message };
    }
  }

  private async send({ method, mode, args }: MockCall): Promise<unknown> {
    if (mode === 'call') return (this.client as unknown as CalledMethods)[method]!(...args);
    if (mode === 'stream') {
      const items = [];
      for await (const item of (this.client as unknown as CalledMethods)[method]!(...args)) items.push(item);
      return items;
    }
    await ((mode === 'cast' ? this.client.$cast : this.client.$fanout) as unknown as CalledMethods)[method]!(...args);
    if (this.server !== undefined) await this.client.$ping(this.server); // what was sent before has arrived
    return undefined;
  }

  private answering(args: unknown[]): unknown {
    this.received.push(args);
    return this.now!.result;
  }

  private async *streaming(args: unknown[]): AsyncGenerator<unknown> {
    this.received.push(args);
    yield this.now!.result;
  }
}

/** Removes `undefined` at the end of an argument list. */
function withoutTail(args: unknown): unknown {
  const list = [...(args as unknown[])];
  while (list.length > 0 && list.at(-1) === undefined) list.pop();
  return list;
}
