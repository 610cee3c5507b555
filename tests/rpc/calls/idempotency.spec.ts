/** Methods that must not run twice and are retried all the same: every attempt carries a key, and the server remembers what came of it. */
import 'reflect-metadata';
import { IsInt } from 'class-validator';
import {
  type Client,
  type ClientOptions,
  createClient,
  Endpoint,
  RpcError,
  RpcMethod,
  RpcServer,
  remote,
  rpcContext,
  type Transport,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';

const WINDOW = 60_000;

class NoMoney extends Error {
  @IsInt() missing: number;

  constructor(missing: number) {
    super('no money');
    this.missing = missing;
  }
}

@Endpoint({ topic: 'till' })
abstract class Till {
  @RpcMethod({ idempotencyWindow: WINDOW, errors: [NoMoney] }) pay(_amount: number): Promise<number> {
    return remote();
  }
  @RpcMethod({ idempotencyWindow: WINDOW }) refund(_amount: number): Promise<number> {
    return remote();
  }
  @RpcMethod() plain(_amount: number): Promise<number> {
    return remote();
  }
}

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);

  /** A server whose words do not all arrive: `loses` says which of its messages get lost on the way. */
  async function serve(
    name: string,
    pay: (amount: number) => unknown,
    loses: (message: string, index: number) => boolean = () => false,
  ) {
    const connection = await broker.connect();
    let index = 0;
    const lossy: Transport = Object.create(connection, {
      publish: {
        value: (subject: string, data: Uint8Array, reply?: string) => {
          // the question for its own name, at the start, is no word to a caller
          const isReply = subject.startsWith('rpcr.') && data.length > 0; // not the message by which a server tries its permission
          if (!isReply || !loses(Buffer.from(data).toString(), index++)) connection.publish(subject, data, reply);
        },
      },
    });
    const server = new RpcServer(lossy, { server: name, logger: collectingLogger() });
    const run = async (amount: number) => pay(amount) as number;
    server.register(Till, { pay: run, refund: run, plain: run });
    return broker.startServer(server);
  }
  /** Notices soon that a server has fallen silent. */
  const till = (options: ClientOptions = {}): Client<Till> =>
    createClient(broker.transport, Till, { monitor: 100, retry: { firstDelay: 1, longestDelay: 1 }, ...options });

  /** Everything but the first word, "I have it", until the first answer is lost. */
  function losesFirstAnswer() {
    let lost = false;
    return (message: string, index: number) => {
      if (lost || index === 0) return false;
      lost = /"(result|error)"/.test(message);
      return true;
    };
  }

  test('the answer is lost: the next attempt gets the same one, from the same server, and nothing runs twice', async () => {
    let runs = 0;
    const made = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        serve(
          name,
          (amount) => {
            runs++;
            return amount + runs * 1_000;
          },
          losesFirstAnswer(),
        ),
      ),
    );
    expect(await till().pay(7)).toBe(1_007);
    expect(runs).toBe(1);
    expect(made.map((server) => server.stats().repeated).sort()).toEqual([0, 0, 1]);
  });

  test.each<[string, (amount: number) => unknown, object]>([
    ['a result', (amount) => amount + 1_000, { value: 1_007 }],
    ['no result', () => undefined, { value: undefined }],
    [
      'a declared error',
      () => {
        throw new NoMoney(5);
      },
      { error: { code: 'declared', executed: 'yes', missing: 5 } },
    ],
    [
      'a failure',
      () => {
        throw new Error('mine');
      },
      { error: { code: 'internal', executed: 'yes', retryable: false } },
    ],
    ['a result that cannot be encoded', () => 1n, { error: { code: 'unserializable', executed: 'yes', retryable: false } }],
  ])(
    'the broker is away when the handler ends with %s: that is remembered, and the next attempt gets it',
    async (_what, pay, expected) => {
      let runs = 0;
      let isAway = false;
      const connection = await broker.connect();
      const publish = (...message: Parameters<Transport['publish']>) => {
        if (isAway) throw new RpcError('not_connected', 'not connected to the broker');
        connection.publish(...message);
      };
      const server = new RpcServer(Object.create(connection, { publish: { value: publish } }), {
        server: 'a',
        logger: collectingLogger(),
      });
      const run = async (amount: number) => {
        runs++;
        isAway = true;
        setImmediate(() => setImmediate(() => (isAway = false)));
        return pay(amount) as number;
      };
      await broker.startServer(server.register(Till, { pay: run, refund: run, plain: run }));
      const ended = await till()
        .pay(7)
        .then(
          (value) => ({ value }),
          (error) => ({ error }),
        );
      expect(ended).toMatchObject(expected);
      expect(runs).toBe(1);
      expect(server.stats()).toMatchObject({ started: 1, repeated: 1, lostReplies: 1 });
    },
  );

  test('the answer is an error, and lost: the next attempt gets the same one', async () => {
    let runs = 0;
    const server = await serve(
      'a',
      () => {
        runs++;
        throw new Error('mine');
      },
      losesFirstAnswer(),
    );
    const error = await failure(till().pay(7));
    expect(error).toMatchObject({ code: 'internal', executed: 'yes', data: { attempts: 2 } });
    expect(runs).toBe(1);
    expect(server.stats()).toMatchObject({ repeated: 1, failed: 1 });
  });

  test('a declared error that is lost comes again as what it is', async () => {
    let runs = 0;
    await serve(
      'a',
      () => {
        runs++;
        throw new NoMoney(5);
      },
      losesFirstAnswer(),
    );
    const error = await failure(till().pay(7));
    expect(error).toBeInstanceOf(NoMoney);
    expect(error).toMatchObject({ missing: 5, code: 'declared', executed: 'yes' });
    expect(runs).toBe(1);
  });

  test('the first run still goes on: the next attempt waits for it', async () => {
    let runs = 0;
    let finish!: (amount: number) => void;
    const server = await serve(
      'a',
      () => {
        runs++;
        return new Promise((resolve) => (finish = resolve));
      },
      (_message, index) => index > 0 && server.stats().repeated === 0,
    );
    const paid = till().pay(7);
    await until(() => server.stats().repeated === 1);
    finish(8);
    expect(await paid).toBe(8);
    expect(runs).toBe(1);
    expect(server.stats().inFlight).toBe(0);
  });

  test('a caller that cancels while it waits for the first run ends that', async () => {
    let signal!: AbortSignal;
    const server = await serve(
      'a',
      () => {
        signal = rpcContext().signal;
        return new Promise(() => undefined);
      },
      (_message, index) => index > 0 && server.stats().repeated === 0,
    );
    const giveUp = new AbortController();
    const paid = failure(till({ signal: giveUp.signal }).pay(7));
    await until(() => server.stats().repeated === 1);
    giveUp.abort();
    expect(await paid).toMatchObject({ code: 'cancelled', executed: 'maybe' });
    await until(() => signal.aborted);
    expect(signal.reason).toMatchObject({ code: 'cancelled' });
  });

  test('a server that has forgotten the call says so, and does not run it', async () => {
    let runs = 0;
    const first = await serve(
      'a',
      () => {
        runs++;
        return new Promise(() => undefined);
      },
      (_message, index) => index > 0,
    );
    const paid = failure(till({ monitor: 300, retry: { firstDelay: 100, longestDelay: 100 } }).pay(7));
    await until(() => runs === 1);
    await first.stop({ now: true }); // its last word is lost
    const second = await serve('a', () => runs++);
    const error = await paid;
    expect(error).toMatchObject({ code: 'server_stopped', executed: 'maybe', retryable: false, data: { attempts: 3 } });
    expect(error.message).toContain('server a has forgotten this call');
    expect(runs).toBe(1);
    expect(second.stats().started).toBe(0);
  });

  test('without word of who has it, it is not sent again', async () => {
    let runs = 0;
    await serve(
      'a',
      () => {
        runs++;
        return 1;
      },
      () => true,
    );
    expect(await failure(till().pay(7))).toMatchObject({
      code: 'deadline_exceeded',
      executed: 'maybe',
      data: { kind: 'heartbeat' },
    });
    expect(runs).toBe(1);
  });

  test('the same message twice runs once; another method or another key is another call', async () => {
    let runs = 0;
    const server = await serve('a', () => ++runs);
    const answers: string[] = [];
    let wake!: () => void;
    broker.transport.subscribe('_INBOX.test.*', {
      deliver: ({ data }) => {
        answers.push(Buffer.from(data).toString());
        wake();
      },
    });
    await broker.transport.flush();
    const send = async (method: string, id: string, re: string, known?: true) => {
      const answered = new Promise<void>((resolve) => (wake = resolve));
      const request = { re, id, known, ttl: 5_000, args: [7] };
      broker.transport.publish(`rpc.default.till.to.a._.1.${method}.0`, Buffer.from(JSON.stringify(request)), '_INBOX.test.0');
      await answered;
      return JSON.parse(answers.at(-1)!);
    };
    expect(await send('pay', 'k1', 'n1')).toEqual({ re: 'n1', result: 1 });
    expect(await send('pay', 'k1', 'n2')).toEqual({ re: 'n2', result: 1 });
    expect(await send('refund', 'k1', 'n3')).toEqual({ re: 'n3', result: 2 });
    expect(await send('pay', 'k2', 'n4')).toEqual({ re: 'n4', result: 3 });
    expect(await send('plain', 'k1', 'n5')).toEqual({ re: 'n5', result: 4 });
    expect(await send('plain', 'k1', 'n6')).toEqual({ re: 'n6', result: 5 });
    expect(server.stats()).toMatchObject({ started: 5, repeated: 1 });
    // also where a newer server does not remember any more: it does not run it
    for (const method of ['pay', 'plain']) {
      expect(await send(method, 'k9', 'n7', true)).toMatchObject({ error: { code: 'server_stopped', executed: 'maybe' } });
    }
    expect(server.stats()).toMatchObject({ started: 5, repeated: 1 });
  });

  test('what was refused before it ran is not remembered', async () => {
    let runs = 0;
    const server = await serve('a', () => ++runs);
    expect(await failure(till().pay('x' as never))).toMatchObject({ code: 'invalid_argument', executed: 'no' });
    expect(await till().pay(1)).toBe(1);
    expect(server.stats().repeated).toBe(0);
  });
});
