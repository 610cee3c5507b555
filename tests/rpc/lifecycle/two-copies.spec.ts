/** Two copies of the package in one process: errors, drains and stops of one know those of the other. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as own from 'concord-rpc';
import { deferred } from '../../fixtures/deferred';
import { failure } from '../../fixtures/failure';

let other!: typeof own;
jest.isolateModules(() => {
  other = require('concord-rpc');
});

@own.Endpoint({ topic: 'copies' })
abstract class Copies {
  @own.RpcMethod({ returns: String, idempotent: true }) ask(): Promise<string> {
    return own.remote();
  }
}

const copies = [
  ['the own copy', own, other],
  ['the other copy', other, own],
] as const;

test('the copies are two', () => expect(other.RpcError).not.toBe(own.RpcError));

describe.each(copies)('errors of %s', (_name, one, two) => {
  const error: unknown = new one.RpcError('not_connected', 'x');
  test('are errors of the other', () => {
    expect([two.isRpcError(error), error instanceof two.RpcError, two.RpcError.from(error) === error]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('that a server of it sends have the same facts', async () => {
    const transport = new one.MemoryTransport();
    const { code, executed } = await failure(two.createClient(transport, Copies).ask());
    expect([code, executed]).toEqual(['no_servers', 'no']);
  });

  test('that its transport throws do not hide that an earlier attempt may have run', async () => {
    const transport = new one.MemoryTransport();
    const server = new one.RpcServer(transport, { logger: { warn: () => undefined, error: () => undefined } });
    const received = deferred();
    server.register(Copies, {
      ask: () => {
        received.resolve();
        return new Promise<never>(() => undefined);
      },
    });
    await server.start();
    const call = failure(two.createClient(transport, Copies, { retry: { attempts: 2, firstDelay: 0 } }).ask());
    await received.promise;
    transport.publish = () => {
      throw new one.RpcError('not_connected', 'the connection is down');
    };
    await sentAnyway(transport, server);
    expect(await call).toMatchObject({ code: 'not_connected', executed: 'maybe', data: { attempts: 2 } });
  });
});

/** Stops a server whose answers are still delivered, while requests can no longer be sent. */
async function sentAnyway(transport: own.MemoryTransport, server: own.RpcServer): Promise<void> {
  const refuse = transport.publish;
  transport.publish = (subject, ...rest) => {
    if (!subject.startsWith('rpcr.')) return refuse(subject, ...rest);
    own.MemoryTransport.prototype.publish.call(transport, subject, ...rest);
  };
  await server.stop({ now: true });
}

test('drain waits for the calls of every copy', async () => {
  const transport = new own.MemoryTransport();
  const [received, answer] = [deferred(), deferred()];
  const server = new own.RpcServer(transport).register(Copies, {
    ask: async () => {
      received.resolve();
      await answer.promise;
      return 'answered';
    },
  });
  await server.start();
  const call = other.createClient(transport, Copies).ask();
  await received.promise;
  const drained = own.drain(transport);
  expect(await failure(other.createClient(transport, Copies).ask())).toMatchObject({ code: 'client_closed', executed: 'no' });
  answer.resolve();
  expect(await call).toBe('answered');
  await drained;
});

test('a signal ends the process after the handlers of every copy', async () => {
  const child = fork(join(__dirname, 'processes/two-copies.cjs'), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  let printed = '';
  child.stdout!.on('data', (chunk) => {
    printed += String(chunk);
  });
  await once(child, 'message'); // both handlers run
  child.kill('SIGTERM');
  const [code] = await once(child, 'close');
  expect({ code, printed }).toEqual({ code: 0, printed: 'short\nlong\n' });
});
