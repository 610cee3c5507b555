/** Replies of one turn to the calls of one client that were sent alone: they share a message, and each call gets its own. */
import 'reflect-metadata';
import { setImmediate as turn } from 'node:timers/promises';
import { connectionOf } from '@concord-rpc/client';
import { createClient, Endpoint, type RpcError, RpcMethod, RpcServer, remote, type Transport } from 'concord-rpc';
import { type CallFacts, channels } from 'concord-rpc/observe';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';

abstract class Methods {
  @RpcMethod() now(_value: number): Promise<number> {
    return remote();
  }
  @RpcMethod() later(_microtasks: number): Promise<number> {
    return remote();
  }
  @RpcMethod() slow(_value: number): Promise<number> {
    return remote();
  }
  @RpcMethod() large(_size: number): Promise<string> {
    return remote();
  }
}

@Endpoint({ topic: 'turns', version: '1.0' })
class Turns extends Methods {}

@Endpoint({ topic: 'other-turns', version: '1.0' })
class OtherTurns extends Methods {}

@Endpoint({ topic: 'packed-turns', version: '1.0', codec: 'msgpack' })
class PackedTurns extends Methods {}

const COUNT = 40;
const numbers = Array.from({ length: COUNT }, (_, index) => index);
const REPLY = /^rpcr\./;
const JOINED = /^rpcr\.[\w-]+\.[\w-]+\.[\w-]+\.j$/;

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  /** Subjects of the messages that the server has sent to clients. */
  let replies: string[] = [];
  let letGo: (() => void)[] = [];
  let serving: Transport;
  let server: RpcServer;

  beforeEach(async () => {
    [replies, letGo] = [[], []];
    serving = await broker.connect();
    const { publish } = serving;
    serving.publish = (subject, data, reply) => {
      if (REPLY.test(subject)) replies.push(subject);
      publish.call(serving, subject, data, reply);
    };
    const handlers = {
      now: (value: number) => {
        if (value === -1) throw new Error('minus');
        return value as never;
      },
      later: async (microtasks: number) => {
        for (let index = 0; index < microtasks; index++) await undefined;
        return microtasks;
      },
      slow: (value: number) => new Promise<number>((resolve) => letGo.push(() => resolve(value))),
      large: async (size: number) => 'x'.repeat(size),
    };
    server = new RpcServer(serving, { server: 'a', logger: broker.logger });
    for (const contract of [Turns, OtherTurns, PackedTurns]) server.register(contract, handlers);
    await broker.startServer(server);
  });

  const pending = () => connectionOf(broker.transport).pending.stats();

  /** A client that sends each call alone, and has made a call before. */
  async function clientOf<Contract extends typeof Turns>(contract: Contract) {
    const client = createClient(broker.transport, contract, { batch: false, retry: false });
    await client.now(0);
    replies = [];
    return client;
  }

  test.each([
    ['JSON', Turns],
    ['MessagePack', PackedTurns],
  ])('in %s, the replies of one turn are one message; each call has its own result or error', async (_codec, contract) => {
    const client = await clientOf(contract);
    const ended = await Promise.allSettled([...numbers.map((value) => client.now(value)), client.now(-1)]);
    expect(ended.map((each) => (each.status === 'fulfilled' ? each.value : each.reason.code))).toEqual([...numbers, 'internal']);
    expect(replies).toContainEqual(expect.stringMatching(JOINED));
    expect(replies.length).toBeLessThan(COUNT / 2); // the broker may deliver the calls in several reads
  });

  test('handlers that end at different depths of microtasks share it, and one that takes longer delays no other', async () => {
    const client = await clientOf(Turns);
    const slow = client.slow(7);
    const mixed = [...numbers.map((value) => client.now(value)), ...numbers.map((value) => client.later(value))];
    expect(await Promise.all(mixed)).toEqual([...numbers, ...numbers]);
    expect(replies.length).toBeLessThan(COUNT);
    replies = [];
    for (const go of letGo) go();
    expect(await slow).toBe(7);
    expect(replies).toEqual([expect.stringMatching(/\.j\d+$/)]); // alone in its turn: on its own subject
  });

  test('replies to two topics are two messages, and large ones are sent alone', async () => {
    const [turns, others] = [await clientOf(Turns), await clientOf(OtherTurns)];
    await Promise.all(numbers.flatMap((value) => [turns.now(value), others.now(value)]));
    expect(new Set(replies.filter((subject) => JOINED.test(subject))).size).toBe(2);
    expect(replies.length).toBeLessThan(COUNT);
    replies = [];
    const sizes = [20_000, 10, 11, 20_000];
    expect((await Promise.all(sizes.map((size) => turns.large(size)))).map(({ length }) => length)).toEqual(sizes);
    expect(replies.filter((subject) => !JOINED.test(subject)).length).toBeGreaterThanOrEqual(2);
  });

  test('an observed call has a reply of its own, and its bytes', async () => {
    const client = await clientOf(Turns);
    const bytes: number[] = [];
    const onEnd = (facts: unknown) => void bytes.push((facts as CallFacts).bytesReceived);
    channels.call.asyncEnd.subscribe(onEnd);
    await Promise.all(numbers.map((value) => client.now(value)));
    channels.call.asyncEnd.unsubscribe(onEnd);
    expect(replies.filter((subject) => JOINED.test(subject))).toEqual([]);
    expect(bytes).toHaveLength(COUNT);
    expect(Math.min(...bytes)).toBeGreaterThan(20);
  });

  test('calls that have ended are counted, and the others of the message get their results', async () => {
    const client = await clientOf(Turns);
    const hasty = numbers.map((value) => failure(client.$with({ timeout: 300 }).slow(value)));
    const patient = numbers.map((value) => client.slow(value));
    expect((await Promise.all(hasty)).every(({ code }) => code === 'deadline_exceeded')).toBe(true);
    await until(() => letGo.length >= COUNT);
    for (const go of letGo) go();
    expect(await Promise.all(patient)).toEqual(numbers);
    await until(() => pending().lateReplies >= letGo.length - COUNT);
  });

  test('a server that is stopped at once has sent the answers in place of its handlers', async () => {
    const client = await clientOf(Turns);
    const calls = numbers.map((value) => failure(client.slow(value)));
    await until(() => letGo.length === COUNT);
    await server.stop({ now: true });
    expect(new Set((await Promise.all(calls)).map(({ code }) => code))).toEqual(new Set(['server_stopped']));
    expect(replies).toEqual([expect.stringMatching(JOINED)]);
  });

  describe('messages of a peer', () => {
    let answer: (requests: { re: string; reply: string }[]) => void;
    const slotOf = (reply: string) => Number(/\.j(\d+)$/.exec(reply)![1]);
    const joinedOf = (reply: string) => reply.replace(/\d+$/, '');

    /** Three calls to a topic whose server is scripted: it answers when all have arrived. */
    async function threeCalls(topic: 'peer-a' | 'peer-b'): Promise<Promise<unknown>[]> {
      @Endpoint({ topic, version: '1.0', name: 'Peer' })
      abstract class Peer {
        @RpcMethod() ask(): Promise<string> {
          return remote();
        }
      }
      const requests: { re: string; reply: string }[] = [];
      serving.subscribe(`rpc.default.${topic}.any._.1.ask.0`, {
        deliver: ({ data, reply }) => {
          if (requests.push({ re: JSON.parse(Buffer.from(data).toString()).re, reply: reply! }) === 3) answer(requests);
        },
      });
      await serving.flush();
      const client = createClient(broker.transport, Peer, { batch: false, retry: false, timeout: 2_000 });
      return [1, 2, 3].map(() => client.ask().catch(({ code, executed }: RpcError) => `${code} ${executed}`));
    }
    const send = (subject: string, message: unknown) =>
      serving.publish(subject, Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)));

    test('one that cannot be read ends the calls whose nonces it holds', async () => {
      answer = (requests) => {
        const [first, second, third] = requests;
        send(
          joinedOf(first!.reply),
          `{"slots":[1,2],"replies":[{"re":"${first!.re}","result":1},{"re":"${second!.re}","result":`,
        );
        send(third!.reply, { re: third!.re, result: 'third' });
      };
      expect(await Promise.all(await threeCalls('peer-a'))).toEqual(['protocol_error maybe', 'protocol_error maybe', 'third']);
    });

    test.each<[string, (requests: { re: string; reply: string }[]) => unknown]>([
      ['has fewer slots than replies', (all) => ({ slots: [0], replies: all.map(({ re }) => ({ re, result: 'x' })) })],
      [
        'has more than 256 replies',
        (all) => ({
          slots: Array(257).fill(0),
          replies: [...all, ...Array(254).fill({})].map(({ re }) => ({ re, result: 'x' })),
        }),
      ],
      ['has slots that are text', (all) => ({ slots: 'abc', replies: all.map(({ re }) => ({ re, result: 'x' })) })],
    ])('one that %s ends its calls', async (_what, message) => {
      answer = (requests) => send(joinedOf(requests[0]!.reply), message(requests));
      expect(await Promise.all(await threeCalls('peer-a'))).toEqual(Array(3).fill('protocol_error maybe'));
    });

    test('replies without a nonce, with that of another call, for no slot, or that are no objects are counted', async () => {
      const before = pending().lateReplies;
      answer = (all) => {
        const [a, b, c] = all.map(({ reply }) => slotOf(reply));
        const odd = [{ result: 'x' }, { re: all[0]!.re, result: 'x' }, 5, null, { re: all[2]!.re, result: 'x' }];
        send(joinedOf(all[0]!.reply), { slots: [a, b, c, c, 1e9], replies: odd });
        send(joinedOf(all[0]!.reply), { slots: [a, b, c], replies: all.map(({ re }, index) => ({ re, result: index })) });
      };
      expect(await Promise.all(await threeCalls('peer-a'))).toEqual([0, 1, 2]);
      expect(pending().lateReplies - before).toBe(5);
    });

    test('a server of one topic does not reach calls to another, whatever slots it names', async () => {
      const nonces: string[] = [];
      answer = (all) => void nonces.push(...all.map(({ re }) => re), ...all.map(({ reply }) => `${slotOf(reply)}`));
      const waiting = await threeCalls('peer-b');
      await until(() => nonces.length === 6);
      answer = (all) => {
        const slots = nonces.slice(3).map(Number);
        send(joinedOf(all[0]!.reply), { slots, replies: nonces.slice(0, 3).map((re) => ({ re, result: 'forged' })) });
        send(joinedOf(all[0]!.reply).replace(/[\w-]+\.j$/, 'A.j'), { slots, replies: [] });
        for (const { re, reply } of all) send(reply, { re, result: 'own' });
      };
      expect(await Promise.all(await threeCalls('peer-a'))).toEqual(['own', 'own', 'own']);
      await turn();
      expect(new Set(await Promise.all(waiting))).toEqual(new Set(['deadline_exceeded maybe']));
    });
  });
});
