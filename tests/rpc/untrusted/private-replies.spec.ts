/** Servers of one topic cannot write to the calls of another, and users cannot read the replies of each other. */
import 'reflect-metadata';
import { connectionOf } from '@concord-rpc/client';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import {
  createClient,
  Endpoint,
  MemoryTransport,
  NatsTransport,
  type NatsTransportOptions,
  RpcMethod,
  RpcServer,
  remote,
  type Transport,
} from 'concord-rpc';
import { headers } from 'nats';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { deferred } from '../../fixtures/deferred';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'weather' })
abstract class Weather {
  @RpcMethod() ask(): Promise<string> {
    return remote();
  }
}

@Endpoint({ topic: 'bank' })
abstract class Bank {
  @RpcMethod() pay(_number: number): Promise<string> {
    return remote();
  }
}

const RUNS = 40;

const CONFIG = `authorization { users = [
  { user: caller, password: p, permissions: { publish: ["rpc.>"], subscribe: ["rpcr.caller.>"] } }
  { user: reader, password: p, permissions: { publish: ["rpc.>"], subscribe: ["rpcr.reader.>"] } }
  { user: weather, password: p, permissions: { publish: ["rpcr.>"], subscribe: ["rpc.default.weather.>"] } }
  { user: bank, password: p, permissions: { publish: ["rpcr.>", "rpc.default.bank.to.>"], subscribe: ["rpc.default.bank.>", "rpcr.bank.>"] } } ] }`;

let broker: NatsServer;
let open: NatsTransport[];
let servers: RpcServer[];

beforeAll(async () => {
  broker = await startNatsServer({ config: CONFIG });
});
afterAll(() => broker.stop());
beforeEach(() => {
  open = [];
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop({ now: true })));
  await Promise.all(open.map((transport) => transport.close()));
});

async function connect(user: string, options: NatsTransportOptions = {}): Promise<NatsTransport> {
  const transport = await NatsTransport.connect({ servers: broker.url, user, pass: 'p', inbox: user, ...options });
  open.push(transport);
  return transport;
}

/** A server of `Weather` that its owner can misuse: it answers, and keeps what it learns of each call. */
async function weatherServer() {
  const transport = await connect('weather');
  const learned: { reply: string; nonce: string }[] = [];
  transport.subscribe('rpc.default.weather.any._.1.*.0', {
    deliver: ({ reply, data }) => {
      const { re } = JSON.parse(Buffer.from(data).toString());
      learned.push({ reply: reply!, nonce: re });
      transport.publish(reply!, Buffer.from(JSON.stringify({ re, result: 'sunny' })));
    },
  });
  await transport.flush();
  return { transport, learned };
}

/** A server of `Bank` whose handlers end when the test lets them; `nonces` are those of its requests. */
async function bankServer() {
  const transport = await connect('bank');
  const nonces: string[] = [];
  const ran: number[] = [];
  let gate = deferred();
  const server = new RpcServer(transport, { server: 'bank', logger: collectingLogger() });
  const pay = async (number: number) => {
    ran.push(number);
    await gate.promise;
    return `paid ${number}`;
  };
  servers.push(server.register(Bank, { pay }));
  await server.start();
  transport.subscribe('rpc.default.bank.any._.1.pay.0', {
    deliver: ({ data }) => nonces.push(JSON.parse(Buffer.from(data).toString()).re),
  });
  await transport.flush();
  const release = () => {
    gate.resolve();
    gate = deferred();
  };
  return { ran, nonces, release };
}

type Forge = (transport: NatsTransport, subject: string, nonce: string) => void;

const forge503: Forge = ({ connection }, subject) => {
  connection.publish(subject, new Uint8Array(), { headers: headers(503, 'No Responders') } as never);
};
const forgeResult: Forge = (transport, subject, re) =>
  transport.publish(subject, Buffer.from(JSON.stringify({ re, result: 'stolen' })));
const forgeRefusal: Forge = (transport, subject, re) => {
  const error = { code: 'no_servers', message: 'none', executed: 'no', retryable: true };
  transport.publish(subject, Buffer.from(JSON.stringify({ re, error })));
};
const forgeGarbage: Forge = (transport, subject, re) => transport.publish(subject, Buffer.from(`{"re":"${re}","result":`));

test.each<[string, Forge]>([
  ['"no responders"', forge503],
  ['results with the right nonce', forgeResult],
  ['refusals with the right nonce', forgeRefusal],
  ['unreadable replies with the right nonce', forgeGarbage],
])('a server of another topic forges %s: no call ends early or runs twice', async (_what, forge) => {
  const mallory = await weatherServer();
  const bank = await bankServer();
  const transport = await connect('caller');
  const weather = createClient(transport, Weather);
  const client = createClient(transport, Bank, { retry: { attempts: 3, firstDelay: 1, longestDelay: 1 } });
  for (let number = 0; number < RUNS; number++) {
    await weather.ask();
    const paying = client.pay(number);
    await until(() => bank.nonces.length === number + 1 && bank.ran.length === number + 1);
    const nonce = bank.nonces.at(-1)!;
    // what it has seen, its own secret with every slot, and guesses
    const [root, inbox, connection, secret] = mallory.learned.at(-1)!.reply.split('.');
    for (let slot = 0; slot < 8; slot++) {
      for (const guess of [secret, 'A'.repeat(16), '_', String(slot), '']) {
        const subject = [root, inbox, connection, guess, slot].filter((token) => token !== '').join('.');
        forge(mallory.transport, subject, nonce);
      }
    }
    await mallory.transport.flush();
    await transport.flush();
    bank.release();
    expect(await paying).toBe(`paid ${number}`);
  }
  expect(bank.ran).toEqual(Array.from({ length: RUNS }, (_, number) => number));
  expect(connectionOf(transport).pending.stats()).toMatchObject({ pending: 0, badReplies: 0 });
  // four secrets with eight slots in each run; of its own secret, the slots that are its own are late
  const { forgedReplies, lateReplies } = connectionOf(transport).pending.stats();
  expect(forgedReplies + lateReplies).toBe(RUNS * 4 * 8);
  expect(forgedReplies).toBeGreaterThanOrEqual(RUNS * 3 * 8);
});

test('reply subjects repeat within a topic, and share no secret with other topics and connections', async () => {
  const mallory = await weatherServer();
  for (const transport of [await connect('caller'), await connect('caller')]) {
    const client = createClient(transport, Weather);
    await client.ask();
    await createClient(transport, Weather).ask();
  }
  const bank = await bankServer();
  bank.release();
  const own = await connect('bank');
  const replies: string[] = [];
  own.subscribe('rpc.default.bank.any._.1.pay.0', { deliver: ({ reply }) => replies.push(reply!) });
  await own.flush();
  const paying = createClient(open[2]!, Bank).pay(1);
  await until(() => bank.ran.length === 1);
  bank.release();
  await paying;
  const subjects = mallory.learned.map(({ reply }) => reply);
  expect(subjects[0]).toBe(subjects[1]);
  expect(subjects[2]).toBe(subjects[3]);
  const parts = [subjects[0]!, subjects[2]!, replies[0]!].map((reply) => reply.split('.'));
  expect(parts.map(([root, inbox]) => `${root}.${inbox}`)).toEqual(Array(3).fill('rpcr.caller'));
  expect(parts[1]![2]).toBe(parts[2]![2]);
  expect(parts[0]![2]).not.toBe(parts[1]![2]);
  expect(new Set(parts.map(([, , , secret]) => secret)).size).toBe(3);
});

test.each(['rpcr.>', 'rpcr.caller.>', 'rpcr.*.*.*.*', 'rpcr.caller.*.*.*'])(
  'a user cannot subscribe to %s, where the replies of another arrive',
  async (subject) => {
    const reader = await connect('reader');
    const subscription = reader.subscribe(subject, { deliver: () => undefined });
    await reader.flush();
    await until(() => subscription.refused !== undefined);
    expect(subscription.refused).toMatchObject({ code: 'permission_denied' });
  },
);

test('a connection whose inbox the broker does not allow is told so by its first call', async () => {
  const transport = await connect('reader', { inbox: 'caller', logger: collectingLogger() });
  const client = createClient(transport, Weather);
  await transport.flush();
  expect(await failure(client.ask())).toMatchObject({ code: 'permission_denied' });
});

test.each(['a.b', 'a b', '*', '>', '', 'x'.repeat(65), 7])('inbox %j is refused', async (inbox) => {
  const refused = { code: 'invalid_target', rawMessage: expect.stringContaining('inbox must be 1 to 64 letters') };
  expect(await failure(connect('caller', { inbox: inbox as string }))).toMatchObject(refused);
  expect(() => new MemoryTransport({ inbox: inbox as string })).toThrow(/inbox must be 1 to 64 letters/);
});

test('a transport without inbox has one of its own', async () => {
  const seen: string[] = [];
  const transport: Transport = new MemoryTransport();
  transport.subscribe('rpc.>', { deliver: ({ reply }) => void seen.push(reply!) });
  await createClient(transport, Weather, { timeout: 1, retry: false })
    .ask()
    .catch(() => undefined);
  expect(seen[0]).toMatch(/^rpcr\.[\w-]{16}\.[\w-]{16}\.[\w-]{16}\.j\d+$/);
});
