/** A client of one version and a server of another, over the memory transport: real codec, version check, validators and cut; only the handlers are made up. */
import { isDeepStrictEqual } from 'node:util';
import { type Client, createClient } from '@concord-rpc/client';
import { type CallMode, isRpcError, type MethodDocument } from '@concord-rpc/core';
import { type Outcome } from '@concord-rpc/evolution';
import { MemoryTransport } from '@concord-rpc/memory';
import { RpcServer } from '@concord-rpc/server';
import { plain } from './carried-values';
import { CODECS, type Side } from './side';

/** A call, and what its handler gives. */
export interface MockCall {
  readonly method: string;
  readonly mode: CallMode;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

/** What became of a call. */
export interface Ran {
  readonly outcome: Outcome;
  /** What happened, if that was not what was meant. */
  readonly why?: string;
  /** What the handler was given. */
  readonly received?: readonly unknown[];
  /** What came back. */
  readonly returned?: unknown;
}

const TIME_LIMIT = 5_000;
const REFUSED: Readonly<Record<string, Outcome>> = {
  unsupported_version: 'reject',
  version_capped: 'reject',
  no_servers: 'no-endpoint',
  unknown_namespace: 'no-endpoint',
};

type Methods = Readonly<Record<string, (...args: unknown[]) => Promise<unknown> & AsyncIterable<unknown>>>;

/** A pair; `server` is `undefined` where nobody serves the endpoint. */
export class MockPair {
  private readonly transport = new MemoryTransport();
  private readonly client: Client<Record<string, (...args: unknown[]) => unknown>>;
  private server: RpcServer | undefined;
  private now: MockCall | undefined;
  private readonly received: (readonly unknown[])[] = [];

  constructor(
    client: Side,
    private readonly serving: Side | undefined,
  ) {
    const options = { validator: client.validator, codecs: CODECS, retry: false, timeout: TIME_LIMIT } as const;
    this.client = createClient(this.transport, client.type, options);
  }

  /** Begins to serve. `methods`: all names that the handlers answer to. */
  async start(methods: Readonly<Record<string, MethodDocument>>): Promise<void> {
    if (this.serving === undefined) return;
    const quiet = { warn: () => undefined, error: () => undefined };
    this.server = new RpcServer(this.transport, {
      validator: this.serving.validator,
      codecs: CODECS,
      logger: quiet,
      strict: true,
    });
    const handlers = Object.entries(methods).flatMap(([name, { mode, aliases = [] }]) => {
      const handler = mode === 'stream' ? this.streaming.bind(this) : this.answering.bind(this);
      return [name, ...aliases].map((each) => [each, handler]);
    });
    this.server.register(this.serving.type, Object.fromEntries(handlers));
    await this.server.start();
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    await this.transport.close();
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
    if (mode === 'call') return (this.client as unknown as Methods)[method]!(...args);
    if (mode === 'stream') {
      const items = [];
      for await (const item of (this.client as unknown as Methods)[method]!(...args)) items.push(item);
      return items;
    }
    await ((mode === 'cast' ? this.client.$cast : this.client.$fanout) as unknown as Methods)[method]!(...args);
    if (this.server !== undefined) await this.client.$ping(this.server.name); // what was sent before has arrived
    return undefined;
  }

  private answering(...args: unknown[]): unknown {
    this.received.push(args);
    return this.now!.result;
  }

  private async *streaming(...args: unknown[]): AsyncGenerator<unknown> {
    this.received.push(args);
    yield this.now!.result;
  }
}

/** Arguments that were left out at the end are the same as none. */
function withoutTail(args: unknown): unknown {
  const list = [...(args as unknown[])];
  while (list.length > 0 && list.at(-1) === undefined) list.pop();
  return list;
}
