/** Implementations that are made for each call: what they are given, when they are made, and what happens if they cannot be made. */
import 'reflect-metadata';
import {
  createClient,
  Endpoint,
  type InterceptedCall,
  RpcError,
  RpcMethod,
  RpcServer,
  type RpcServerOptions,
  remote,
  rpcContext,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collect } from '../../fixtures/collect';
import { failure } from '../../fixtures/failure';

@Endpoint({ topic: 'desks', version: '1.0' })
abstract class Desks {
  @RpcMethod({ returns: String }) who(_greeting: string): Promise<string> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', returns: String }) names(): AsyncIterable<string> {
    return remote();
  }
}

class DesksOfTenant implements Desks {
  constructor(readonly tenant: string | undefined) {}
  async who(greeting: string) {
    await null;
    return `${greeting} ${this.tenant} (${rpcContext().tenant})`;
  }
  async *names() {
    yield `${this.tenant} ${rpcContext().tenant}`;
  }
}

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  const server = async (options: RpcServerOptions = {}) =>
    new RpcServer(await broker.connect(), { server: 's', logger: broker.logger, ...options });
  const desks = () => createClient(broker.transport, Desks, { context: { tenant: 'red' } });

  test('each call, and each stream, runs on an instance of its own, which is made from the call', async () => {
    const made: InterceptedCall[] = [];
    await broker.startServer(
      (await server()).register(Desks, async (call) => {
        made.push(call);
        return new DesksOfTenant(call.request?.tenant);
      }),
    );
    expect(
      await Promise.all([
        desks().who('hi'),
        desks()
          .$with({ context: { tenant: 'blue' } })
          .who('hi'),
      ]),
    ).toEqual(['hi red (red)', 'hi blue (blue)']);
    expect(await collect(desks().names())).toEqual(['red red']);
    expect(made.map(({ label, mode }) => `${label} ${mode}`)).toEqual(['Desks.who call', 'Desks.who call', 'Desks.names stream']);
  });

  test('interceptors run before the instance is made', async () => {
    const order: string[] = [];
    const interceptor: Parameters<typeof server>[0] = {
      interceptors: [
        async (call, next) => {
          order.push(`interceptor, handler ${call.handler}`);
          return next();
        },
      ],
    };
    await broker.startServer(
      (await server(interceptor)).register(Desks, ({ args }) => {
        order.push(`made for ${args}`);
        return new DesksOfTenant('x');
      }),
    );
    await desks().who('hello');
    expect(order).toEqual(['interceptor, handler undefined', 'made for hello']);
  });

  test('an RpcError of the function with executed "no" refuses the call; another error fails it', async () => {
    const thrown: unknown[] = [new RpcError('permission_denied', 'not on Mondays'), new Error('no database')];
    await broker.startServer(
      (await server()).register(Desks, () => {
        throw thrown.shift();
      }),
    );
    expect(await failure(desks().who('a'))).toMatchObject({
      code: 'permission_denied',
      executed: 'no',
      rawMessage: 'not on Mondays',
    });
    expect(await failure(desks().who('b'))).toMatchObject({ code: 'internal' });
    expect(broker.logger.lines.join()).toContain('no database');
  });

  test('an object that lacks the method, and a value that is no object, are failures that name it', async () => {
    const made: any[] = [{ names: () => [] }, undefined];
    await broker.startServer((await server()).register(Desks, () => made.shift()));
    expect(await failure(desks().who('a'))).toMatchObject({
      code: 'invalid_contract',
      executed: 'no',
      rawMessage: 'the implementation does not implement Desks.who',
    });
    expect((await failure(desks().who('a'))).rawMessage).toBe(
      'the function that makes the implementation of Desks must return an object; got undefined',
    );
  });
});

test('a class in place of an instance is refused, and the text says what to write', async () => {
  const { MemoryTransport } = await import('concord-rpc');
  const server = new RpcServer(new MemoryTransport());
  expect(() => server.register(Desks, DesksOfTenant as never)).toThrow(
    'must be an object; got a function: pass new DesksOfTenant(), or a function that makes one for each call',
  );
});

test('an interceptor sees the classes and the function that serve a call, also of a method that its constructor binds', async () => {
  const { MemoryTransport } = await import('concord-rpc');
  class Bound extends DesksOfTenant {
    override who = super.who.bind(this);
  }
  const transport = new MemoryTransport();
  const seen: InterceptedCall['handler'][] = [];
  const server = new RpcServer(transport, {
    interceptors: [
      (call, next) => {
        seen.push(call.handler);
        return next();
      },
    ],
  });
  await server.register(Desks, new Bound('x')).start();
  await createClient(transport, Desks).who('a');
  expect(seen).toEqual([{ contract: Desks, implementation: Bound, method: DesksOfTenant.prototype.who }]);
  await server.stop();
});
