/** Errors that leave a process or reach a log: nothing secret, nothing raw, nothing without a limit. */
import 'reflect-metadata';
import { inspect } from 'node:util';
import { startNatsServer } from '@concord-rpc/testing';
import { IsIn, IsString } from 'class-validator';
import { Arg, createClient, Endpoint, NatsTransport, RpcError, RpcMethod, RpcServer, remote, rpcContext } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { deferred } from '../../fixtures/deferred';
import { failure } from '../../fixtures/failure';
import { rawJsonRequest } from '../../fixtures/raw-request';
import { scriptedServer } from '../../fixtures/scripted-server';

class Choice {
  @IsIn(['a', 'b'], { message: '$value is not one of $constraint1' }) @IsString() letter!: string;
}

@Endpoint({ topic: 'leaving' })
abstract class Leaving {
  @RpcMethod() fail(@Arg({ unchecked: true }) _how: unknown): Promise<unknown> {
    return remote();
  }
  @RpcMethod() choose(_choice: Choice): Promise<string> {
    return remote();
  }
}

const SECRET = 'postgres://root:hunter2@db.internal';

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');

  async function serve(fail: (how: unknown) => unknown): Promise<void> {
    const server = new RpcServer(await broker.connect(), { server: 's', logger: broker.logger, maxRequestBytes: 1_000_000 });
    server.register(Leaving, { fail: async (how: unknown) => fail(how), choose: async ({ letter }: Choice) => letter });
    await broker.startServer(server);
  }

  test.each(['deadline_exceeded', 'cancelled'] as const)(
    'the text of an undeclared %s does not leave after the deadline',
    async (code) => {
      const answered = deferred<string>();
      await serve(async () => {
        const { signal } = rpcContext();
        if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        throw new RpcError(code, SECRET, { data: { where: SECRET, kind: 'deadline' } as never });
      });
      const inbox = '_INBOX.late';
      broker.transport.subscribe(inbox, { deliver: ({ data }) => answered.resolve(Buffer.from(data).toString()) });
      await broker.transport.flush();
      broker.transport.publish('rpc.default.leaving.any._.1.fail.0', Buffer.from('{"re":"r","ttl":50,"args":[1]}'), inbox);
      const text = await answered.promise;
      expect(JSON.parse(text)).toMatchObject({ re: 'r', error: { code, executed: 'yes' } });
      expect(text).not.toContain('hunter2');
    },
  );

  test('a validator message that repeats the value is cut and escaped, for the caller and in the log', async () => {
    await serve(() => undefined);
    const letter = `\u001b[2J\r\n${'x'.repeat(900_000)}`;
    const error = await failure(createClient(broker.transport, Leaving).choose({ letter }));
    expect(error.code).toBe('invalid_argument');
    expect(inspect(error, { maxStringLength: null }).length).toBeLessThan(20_000);
    const reply = await rawJsonRequest(broker.transport, 'rpc.default.leaving.any._.1.choose.0', { args: [{ letter }] });
    expect(JSON.stringify(reply).length).toBeLessThan(10_000);
    expect(reply.error.message + reply.error.data.violations[0].message).not.toMatch(/\p{Cc}/u);
    broker.transport.publish('rpc.default.leaving.any._.1.choose.0', Buffer.from(JSON.stringify({ args: [{ letter }] })));
    await createClient(broker.transport, Leaving).choose({ letter: 'a' });
    expect(broker.logger.lines.join('').length).toBeLessThan(10_000);
    for (const line of broker.logger.lines) expect(line).not.toMatch(/\p{Cc}/u);
  });

  test('a thrown text with line breaks and colours is one line of the log, with the frames of its stack below', async () => {
    await serve((how) => {
      throw new Error(`no ${how}`);
    });
    const how = 'x\n    at forged (evil.js:1:1)\r\n\u001b[31m2026-01-01 ERROR forged line\u202e';
    expect((await failure(createClient(broker.transport, Leaving).fail(how))).message).not.toContain('forged');
    const [first, ...frames] = broker.logger.lines.at(-1)!.split('\n');
    expect(first).toContain('Error: no x\\n    at forged (evil.js:1:1)\\r\\n\\u001b[31m2026-01-01 ERROR forged line\\u202e');
    expect(frames.length).toBeGreaterThan(0);
    for (const frame of frames) expect(frame).toMatch(/^ +at (?!forged)\P{Cc}*$/u);
  });

  test.each(['internal', 'declared', 'odd'])(
    'an error %s of a server brings no cause, no controls and no endless text',
    async (code) => {
      const error = {
        code,
        name: 'N\u001b',
        message: `\u001b[2J${'y'.repeat(200_000)}`,
        executed: 'yes',
        retryable: false,
        id: `\u001b${'z'.repeat(10_000)}`,
        cause: { secret: SECRET },
        stack: SECRET,
        ...(code !== 'declared' && { data: { text: `\u001b${'d'.repeat(200_000)}` } }),
      };
      await scriptedServer(await broker.connect(), 'rpc.default.leaving.to.rogue._.1.*.0', () => ({ error }));
      const caught = await failure(createClient(broker.transport, Leaving).$to('rogue').fail(1));
      expect(caught.cause).toBeUndefined();
      const shown = inspect(caught, { maxStringLength: null });
      expect(shown).not.toContain('hunter2');
      expect(shown).not.toContain('\u001b');
      expect(shown.length).toBeLessThan(10_000);
    },
  );
});

test.each([
  'nats://user:hunter2@127.0.0.1:1',
  'nats://user:hun/hunter2@127.0.0.1:1',
  'nats://hunter2@127.0.0.1:1',
  'user:hunter2@127.0.0.1:1',
  'nats://user:hunter2@127.0.0.1:1,nats://user:hunter2@127.0.0.1:2',
  'nats://127.0.0.1:1?token=hunter2',
  'nats://127.0.0.1:1/?user=a&pass=hunter2',
  'nats://user:@hunter2@127.0.0.1:1',
  'tls://user:hunter2@127.0.0.1:1',
  'nats://user:hunter2@[::1]:1',
  'nats://user:hunter2@',
  'nats://user:hunter2',
])('inspect of the error for %s holds no password', async (servers) => {
  for (const given of [servers, [servers, servers]]) {
    const error = await failure(NatsTransport.connect({ servers: given, timeout: 500 }));
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('hunter2');
    // a URL that has no address, or has options after it, is refused before anything is sent
    expect(['not_connected', 'invalid_argument']).toContain(error.code);
  }
});

test('inspect of the error for refused credentials holds no password', async () => {
  const guarded = await startNatsServer({ config: 'authorization { user: a, password: b }' });
  try {
    const servers = guarded.url.replace('//', '//user:hun/hunter2@');
    const error = await failure(NatsTransport.connect({ servers: guarded.url, user: 'a', pass: 'hunter2' }));
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('hunter2');
    expect(inspect(await failure(NatsTransport.connect({ servers, timeout: 500 })), { showHidden: true })).not.toContain(
      'hunter2',
    );
  } finally {
    await guarded.stop();
  }
});
