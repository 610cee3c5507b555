/**
 * Random hostile requests and replies, over a real client and server. After each message a normal call works, no promise is left
 * without a handler, and the broker sees no line of a foreign form. `CONCORD_FUZZ_SEED` repeats a run.
 */
import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { IsInt, IsOptional, IsString } from 'class-validator';
import {
  Arg,
  type Client,
  createClient,
  Endpoint,
  MemoryTransport,
  NatsTransport,
  RpcMethod,
  RpcServer,
  remote,
  Since,
  type Transport,
} from 'concord-rpc';
import fc from 'fast-check';
import { collectingLogger } from '../../fixtures/collecting-logger';
import {
  joinedBytes,
  type ReplyMessage,
  replyBytes,
  replyMessage,
  replySubject,
  requestBytes,
  requestSubject,
} from '../../fixtures/hostile-messages';
import { runs } from '../../fixtures/random/runs';
import { type RecordingProxy, startRecordingProxy } from '../../fixtures/recording-proxy';

const SEED = Number(process.env.CONCORD_FUZZ_SEED ?? 20_260_912);
/** Milliseconds for the messages of one direction on one transport: four of them stay within a minute. */
const BUDGET = 12_000;
const LIMIT = {
  seed: SEED,
  numRuns: runs(400),
  interruptAfterTimeLimit: BUDGET,
  markInterruptAsFailure: false,
  endOnFailure: true,
};

class Filter {
  @IsString() network!: string;
  @Since('1.1') @IsOptional() @IsInt() limit?: number;
}

@Endpoint({ topic: 'fuzz', version: '1.1', name: 'Fuzz' })
abstract class Fuzz {
  @RpcMethod() echo(@Arg({ unchecked: true }) _value: unknown): Promise<unknown> {
    return remote();
  }
  @RpcMethod({ idempotencyWindow: 1_000 }) find(_filter: Filter): Promise<string> {
    return remote();
  }
  @RpcMethod({ mode: 'stream' }) items(_count: number): AsyncIterable<number> {
    return remote();
  }
  @RpcMethod({ mode: 'cast' }) note(_text: string): Promise<void> {
    return remote();
  }
}

/** The parts of one run: the pair under test, and an attacker with a connection of its own. */
interface Arena {
  readonly client: Client<Fuzz>;
  readonly attacker: Transport;
  readonly proxy: RecordingProxy | undefined;
  close(): Promise<void>;
}

async function serve(transport: Transport): Promise<RpcServer> {
  const server = new RpcServer(transport, { server: 'honest', logger: collectingLogger() });
  server.register(Fuzz, {
    echo: async (value: unknown) => value,
    find: async ({ network }: Filter) => network,
    async *items(count: number) {
      for (let index = 0; index < Math.min(count, 100); index++) yield index;
    },
    note: async () => undefined,
  });
  await server.start();
  return server;
}

const ARENAS: readonly { readonly name: string; open(): Promise<Arena> }[] = [
  {
    name: 'memory',
    async open() {
      const transport = new MemoryTransport();
      const server = await serve(transport);
      return {
        client: createClient(transport, Fuzz),
        attacker: transport,
        proxy: undefined,
        async close() {
          await server.stop({ now: true });
          await transport.close();
        },
      };
    },
  },
  {
    name: 'nats',
    async open() {
      const broker: NatsServer = await startNatsServer();
      const proxy = await startRecordingProxy(broker);
      const [own, serving] = [
        await NatsTransport.connect({ servers: proxy.url }),
        await NatsTransport.connect({ servers: proxy.url }),
      ];
      const attacker = await NatsTransport.connect({ servers: broker.url });
      const server = await serve(serving);
      return {
        client: createClient(own, Fuzz),
        attacker,
        proxy,
        async close() {
          await server.stop({ now: true });
          for (const transport of [own, serving, attacker]) await transport.close();
          await proxy.stop();
          await broker.stop();
        },
      };
    },
  },
];

/** The calls that meet the reply, by what the client does. */
const ACTIONS: Readonly<Record<string, (client: Client<Fuzz>) => Promise<unknown>>> = {
  call: (client) => client.$to('rogue').$with({ timeout: 30 }).echo(1),
  retried: (client) =>
    client
      .$to('rogue')
      .$with({ timeout: 30, retry: { attempts: 3, firstDelay: 1, longestDelay: 2 } })
      .find({ network: 'n' }),
  monitored: (client) =>
    client
      .$to('rogue')
      .$with({ timeout: 30, monitor: 100, onProgress: () => undefined })
      .echo(1),
  cancelled: (client) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 10);
    return client.$to('rogue').$with({ timeout: 30, signal: controller.signal }).echo(1);
  },
  checked: (client) => client.$to('rogue').$with({ timeout: 30, validateResults: true }).echo(1),
  batched: (client) =>
    Promise.allSettled(Array.from({ length: 6 }, () => client.$to('rogue').$with({ timeout: 30, batch: true }).echo(1))),
  stream: async (client) => {
    for await (const _ of client.$to('rogue').$with({ timeout: 30 }).items(3));
  },
  each: async (client) => {
    for await (const _ of client.$with({ timeout: 30 }).$each.echo(1));
  },
  ping: (client) => client.$with({ timeout: 30 }).$ping('rogue'),
  unserved: (client) => client.$to('absent').$with({ timeout: 30 }).echo(1),
};

describe.each(ARENAS)('on $name', ({ name, open }) => {
  let arena: Arena;
  let slowest = 0;
  let runs = 0;

  beforeAll(async () => {
    arena = await open();
  });
  afterAll(() => arena?.close());
  beforeEach(() => {
    [slowest, runs] = [0, 0];
  });
  afterEach(() => {
    console.log(`seed ${SEED}, on ${name}: ${runs} messages; the slowest normal call after one took ${slowest.toFixed(1)} ms`);
  });

  /** A normal call must work, also directly after the message. */
  async function normalCallWorks(): Promise<void> {
    const from = performance.now();
    const value = { number: runs++ };
    expect(await arena.client.$with({ timeout: 5_000 }).echo(value)).toEqual(value);
    slowest = Math.max(slowest, performance.now() - from);
    expect(arena.proxy?.foreign ?? []).toEqual([]);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  }

  test('hostile requests', async () => {
    const messages = fc.asyncProperty(requestSubject, requestBytes, replySubject, async (subject, data, to) => {
      arena.attacker.publish(subject, data, to);
      await arena.attacker.flush();
      await normalCallWorks();
    });
    await fc.assert(messages, LIMIT);
  }, 60_000);

  test('hostile replies', async () => {
    let current: ReplyMessage | undefined;
    for (const subject of ['rpc.default.fuzz.to.rogue.>', 'rpc.default.fuzz.all.>']) {
      arena.attacker.subscribe(subject, {
        deliver: ({ data, reply: to }) => {
          if (current === undefined || !to) return;
          const { re, calls = [] } = JSON.parse(Buffer.from(data).toString()) as { re: unknown; calls?: { re: unknown }[] };
          for (const nonce of [re, ...calls.map((call) => call.re)])
            for (const bytes of replyBytes(current, nonce)) arena.attacker.publish(to, bytes);
          const [, beginning, slot] = /^(.*\.j)(\d+)$/.exec(to) ?? [];
          if (slot !== undefined) arena.attacker.publish(beginning!, joinedBytes(current, re, Number(slot)));
        },
      });
    }
    await arena.attacker.flush();
    const messages = fc.asyncProperty(fc.constantFrom(...Object.keys(ACTIONS)), replyMessage, async (action, message) => {
      current = message;
      await ACTIONS[action]!(arena.client).catch((thrown) => expect(thrown).toMatchObject({ code: expect.any(String) }));
      await normalCallWorks();
    });
    await fc.assert(messages, LIMIT);
  }, 60_000);
});
