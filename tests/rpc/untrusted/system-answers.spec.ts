/** Answers of a server about itself: at most 20 bytes for each byte of a question, limited for each client, refused aloud, encoded once. */
import 'reflect-metadata';
import { jsonCodec } from '@concord-rpc/core/wire';
import { createClient, Endpoint, RpcMethod, RpcServer, type RpcServerOptions, remote, type Transport } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { wideContract, wideHandlers } from '../../fixtures/contracts/wide-contract';
import { until } from '../../fixtures/until';

const METHODS = 60;
const Wide = wideContract(METHODS, { description: 500 });

@Endpoint({ topic: 'wide', namespace: 'hold', version: '1.0' })
class Holding {
  @RpcMethod({ returns: String, idempotent: true }) hold(_how: string): Promise<string> {
    return remote();
  }
}

const HASH = '0'.repeat(64);
const call = (re: string, rest = '') => `{"re":"${re}",${rest}"args":[]}`;
const padded = (text: string, bytes = 1_024) => text.padEnd(bytes);
const batch = (requests: readonly string[]) => `{"re":"batch","calls":[${requests.join()}]}`;
const many = (count: number, request: (index: number) => string) => Array.from({ length: count }, (_, index) => request(index));

/** Messages of one question by name. Each is sent to every system method. */
const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  'the shortest text': ['[]'],
  'an empty message': [''],
  'text that is not JSON': ['{'],
  'a nonce': [call('r')],
  'white space': [padded(call('r'))],
  'much white space': [padded(call('r'), 200_000)],
  'a page': [`{"re":"r","args":[0,"${HASH}"]}`],
  'a page and white space': [padded(`{"re":"r","args":[0,"${HASH}"]}`)],
  'no page': ['{"re":"r","args":[1000000]}'],
  'names of a method': ['{"re":"r","args":["m1","hold"]}'],
  'a thousand names': [`{"re":"r","args":[${many(1_000, (index) => `"m${index}"`)}]}`],
  'an argument by name': ['{"re":"r","args":{"page":0}}'],
  'heartbeats each millisecond': [call('r', '"monitor":1,')],
  acceptance: [call('r', '"accept":true,')],
  'a stream window': [call('r', '"window":1000000000,"monitor":1,')],
  'its name': [call('r', '"each":true,')],
  'one id twenty times': many(20, (index) => call(`r${index}`, '"id":"same","accept":true,')),
  'an id that is known': [call('r', '"id":"same","known":true,')],
  'a nonce that grows when it is encoded': [call('\\u0001'.repeat(60))],
  'another envelope': [call('r', '"envelope":2,')],
  'no time left': [call('r', '"ttl":0,')],
  'MessagePack in one byte': ['\x90'],
  'MessagePack with a nonce': ['\x82\xa2re\xa1r\xa4args\x90'],
  'a batch of 256': [batch(many(256, (index) => call(`r${index}`)))],
  'a batch of 256 short forms': [batch(many(256, () => '[]'))],
  'a batch of 256 pages': [batch(many(256, (index) => `{"re":"r${index}","args":[${index % 4},"${HASH}"]}`))],
  'a batch with white space': [padded(batch(many(64, (index) => call(`r${index}`))), 60_000)],
  'a batch of one id': [batch(many(256, (index) => call(`r${index}`, '"id":"same","monitor":1,')))],
  'a batch of streams': [batch(many(256, (index) => call(`r${index}`, '"window":1000,"accept":true,')))],
  'a hundred questions': many(100, (index) => call(`r${index}`)),
};

const METHODS_ASKED = ['ping', 'describe', 'usage', 'other'];

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');

  async function serve(options: RpcServerOptions = {}, hold: () => Promise<string> = async () => 'held'): Promise<RpcServer> {
    const server = new RpcServer(await broker.connect(), { server: 's', logger: broker.logger, ...options });
    server.register(Wide, wideHandlers(METHODS)).register(Holding, { hold });
    return broker.startServer(server);
  }

  /** Sends messages and waits for the answers to two calls after them, because the answers of a batch wait for the end of a turn. Returns the replies, and the bytes of both with their subjects. */
  async function ask(transport: Transport, subject: string, messages: readonly string[], client = 'raw') {
    const seen = { asked: 0, answered: 0, replies: [] as any[] };
    let calls = 0;
    const subscription = transport.subscribe(`rpcr.u.${client}.s.*`, {
      deliver: ({ subject: to, data }) => {
        if (to === `rpcr.u.${client}.s.last`) {
          calls++;
          return;
        }
        seen.answered += to.length + data.length;
        const reply: any = data[0]! < 0x80 ? JSON.parse(Buffer.from(data).toString()) : {};
        seen.replies.push(...(reply.replies ?? [reply]));
      },
    });
    for (const message of messages) {
      const data = Buffer.from(message, 'latin1');
      seen.asked += subject.length + `rpcr.u.${client}.s.0`.length + data.length;
      transport.publish(subject, data, `rpcr.u.${client}.s.0`);
    }
    for (const last of [1, 2]) {
      transport.publish('rpc.default.wide.any.hold.1.hold.0', Buffer.from('["last"]'), `rpcr.u.${client}.s.last`);
      await until(() => calls === last);
    }
    await subscription.drain();
    return seen;
  }

  describe.each(METHODS_ASKED)('%s', (method) => {
    test.each(Object.entries(QUESTIONS))('%s gets at most 20 bytes for each byte', async (_what, messages) => {
      await serve();
      for (const [index, to] of ['to.s', 'all'].entries()) {
        const subject = `rpc.default.wide.${to}._concord.1.${method}.0`;
        const { asked, answered } = await ask(broker.transport, subject, messages, `raw${index}`);
        expect(answered).toBeLessThanOrEqual(20 * asked);
      }
    });
  });

  test('a question in one form or the other gets an answer or a refusal, and no heartbeat', async () => {
    await serve();
    for (const [index, [what, messages]] of Object.entries(QUESTIONS).entries()) {
      // a number asks a ping to wait for a random time
      if (what.startsWith('MessagePack') || what.includes('page')) continue;
      const subject = 'rpc.default.wide.to.s._concord.1.ping.0';
      const { replies } = await ask(broker.transport, subject, messages, `each${index}`);
      const nonces = messages.flatMap((message) => [...message.matchAll(/"re":"(r\d*)"/g)].map(([, nonce]) => nonce));
      expect([what, replies.map(({ re }) => re).filter((re) => nonces.includes(re))]).toEqual([what, nonces]);
      expect(replies.filter(({ alive }) => alive !== undefined)).toEqual([]);
    }
  });

  test('an answer that is too large for its question is refused with the remedy', async () => {
    await serve();
    const subject = 'rpc.default.wide.to.s._concord.1.describe.0';
    const [head] = (await ask(broker.transport, subject, [call('r')])).replies;
    expect(head.result).toEqual({ server: 's', hash: expect.stringMatching(/^[0-9a-f]{64}$/), pages: expect.any(Number) });
    const [short] = (await ask(broker.transport, subject, [`{"re":"r","args":[0,"${head.result.hash}"]}`])).replies;
    expect(short.error).toMatchObject({ code: 'payload_too_large', executed: 'no', data: { where: 'reply' } });
    expect(short.error.message).toMatch(/the answer has \d+ bytes, .* 20 for each byte .* white space at its end/);
    const [page] = (await ask(broker.transport, subject, [padded(`{"re":"r","args":[0,"${head.result.hash}"]}`)])).replies;
    expect(page.result).toMatchObject({ server: 's', hash: head.result.hash, page: 0 });
    const [none] = (await ask(broker.transport, subject, [padded(`{"re":"r","args":[99,"${head.result.hash}"]}`)])).replies;
    expect(none.error).toMatchObject({ code: 'invalid_argument', message: expect.stringContaining('got 99') });
  });

  test('a client that asks without end is told so, also by questions to all; other clients are answered', async () => {
    await serve();
    const subject = 'rpc.default.wide.all._concord.1.ping.0';
    const loud = await ask(
      broker.transport,
      subject,
      many(1_000, (index) => call(`r${index}`)),
      'loud',
    );
    expect(loud.replies).toHaveLength(1_000);
    const refused = loud.replies.filter(({ error }) => error !== undefined);
    expect(refused.length).toBeGreaterThan(300);
    for (const { error } of refused) {
      expect(error).toMatchObject({ code: 'overloaded', executed: 'no', data: { retryAfter: expect.any(Number) } });
    }
    const quiet = await ask(broker.transport, subject, [call('q')], 'quiet');
    expect(quiet.replies).toMatchObject([{ re: 'q', result: { server: 's' } }]);
  });

  test.each(['ping', 'describe', 'usage'])('a server that is full, and one that stops, answer %s', async (method) => {
    const ends: (() => void)[] = [];
    const hold = () => new Promise<string>((resolve) => ends.push(() => resolve('held')));
    const server = await serve({ maxConcurrent: 1, maxQueue: 0, access: () => true }, hold);
    const client = createClient(broker.transport, Holding, { retry: false, timeout: 60_000 });
    const held = client.hold('first');
    await until(() => ends.length === 1);
    await expect(client.hold('second')).rejects.toMatchObject({ code: 'overloaded' });
    const subject = `rpc.default.wide.to.s._concord.1.${method}.0`;
    const answer = async (nonce: string) => {
      const replies: any[] = [];
      const subscription = broker.transport.subscribe(`rpcr.u.${nonce}.s.0`, {
        deliver: ({ data }) => void replies.push(JSON.parse(Buffer.from(data).toString())),
      });
      broker.transport.publish(subject, Buffer.from(call(nonce)), `rpcr.u.${nonce}.s.0`);
      await until(() => replies.length > 0);
      await subscription.drain();
      return replies[0];
    };
    expect(await answer('full')).toMatchObject({ re: 'full', result: { server: 's' } });
    const stopping = server.stop();
    await until(() => !server.health().ok);
    expect(await answer('stopping')).toMatchObject({ re: 'stopping', result: { server: 's' } });
    ends[0]!();
    expect(await held).toBe('held');
    await stopping;
  });
});

test('an answer is encoded once, however often it is asked for', async () => {
  const { MemoryTransport } = await import('concord-rpc');
  const transport = new MemoryTransport();
  const server = new RpcServer(transport, { server: 's' }).register(Wide, wideHandlers(METHODS));
  await server.start();
  const counts = async (method: string, args: string) => {
    let replies = 0;
    const subscription = transport.subscribe('rpcr.u.count.s.0', { deliver: () => void replies++ });
    const encode = jest.spyOn(jsonCodec, 'encodeItem');
    for (let index = 0; index < 50; index++) {
      const question = padded(`{"re":"r${index}","args":${args}}`);
      transport.publish(`rpc.default.wide.to.s._concord.1.${method}.0`, Buffer.from(question), 'rpcr.u.count.s.0');
    }
    await until(() => replies === 50);
    await subscription.drain();
    const large = encode.mock.calls.filter(([value]) => value !== null).length;
    encode.mockRestore();
    return large;
  };
  expect(await counts('ping', '[]')).toBe(1);
  expect(await counts('ping', '["m1"]')).toBe(1);
  expect(await counts('ping', '["m2","m3"]')).toBe(0);
  expect(await counts('describe', '[]')).toBe(1);
  expect(await counts('usage', '[]')).toBeLessThanOrEqual(2); // a second may begin meanwhile
  await server.stop();
  await transport.close();
});

test('a description with letters of three bytes gets at most 20 bytes for each byte of any question', async () => {
  @Endpoint({ topic: 'letters', version: '1.0' })
  class Letters {
    @RpcMethod({ description: `${'a'.repeat(2_000)}${'€'.repeat(1_000)}` }) read(): Promise<string> {
      return remote();
    }
  }
  const { MemoryTransport } = await import('concord-rpc');
  const transport = new MemoryTransport();
  const server = new RpcServer(transport, { server: 's' }).register(Letters, { read: async () => '' });
  await server.start();
  const subject = 'rpc.default.letters.to.s._concord.1.describe.0';
  const answers = { whole: 0, heads: 0 };
  for (let size = 150; size < 500; size += 2) {
    const reply = `rpcr.u.c${size}.s.0`;
    const question = Buffer.from(padded(call('r'), size));
    const answer = await new Promise<Uint8Array>((resolve) => {
      transport.subscribe(reply, { deliver: ({ data }) => resolve(data) });
      transport.publish(subject, question, reply);
    });
    expect(answer.length + reply.length).toBeLessThanOrEqual(20 * (subject.length + reply.length + question.length));
    const { result } = JSON.parse(Buffer.from(answer).toString());
    answers[result.pages === undefined ? 'whole' : 'heads']++;
  }
  expect(Math.min(answers.whole, answers.heads)).toBeGreaterThan(0); // short questions get the head, longer ones the whole
  await server.stop();
  await transport.close();
});
