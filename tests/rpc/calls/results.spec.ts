/** Results that are checked by the caller, on request. */
import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';

class Address {
  @IsString() ip!: string;
}
class Port {
  @IsString() id!: string;
  @IsOptional() @IsInt() vlan?: number;
  @ValidateNested({ each: true }) @Type(() => Address) addresses!: Address[];
}

/** The port of a server that is newer than its caller. */
class NewerPort extends Port {
  @IsOptional() @IsString() added?: string;
}

@Endpoint({ topic: 'results' })
abstract class Results {
  @RpcMethod({ returns: [Port] }) ports(_how: string): Promise<Port[]> {
    return remote();
  }
  @RpcMethod({ returns: Number }) count(_how: string): Promise<number> {
    return remote();
  }
  @RpcMethod({ returns: null }) nothing(_how: string): Promise<void> {
    return remote();
  }
  @RpcMethod() anything(_how: string): Promise<unknown> {
    return remote();
  }
}

@Endpoint({ topic: 'results', name: 'Results' })
abstract class NewerResults extends Results {
  @RpcMethod({ returns: [NewerPort] }) override ports(_how: string): Promise<Port[]> {
    return remote();
  }
}

/** The results that the server returns, valid or not. */
const ANSWERS: Record<string, unknown> = {
  port: [{ id: 'p', addresses: [{ ip: '::1' }] }],
  'newer port': [{ id: 'p', addresses: [], added: 'later' }],
  'port without id': [{ addresses: [] }],
  'nested mistake': [{ id: 'p', addresses: [{ ip: '::1' }, { ip: 7 }] }],
  'one port': { id: 'p', addresses: [] },
  seven: 7,
  text: '7',
  nothing: undefined,
};

const rows = [
  ['ports', 'port', undefined],
  ['ports', 'newer port', undefined],
  ['ports', 'port without id', 'result[0].id'],
  ['ports', 'nested mistake', 'result[0].addresses[1].ip'],
  ['ports', 'one port', 'result'],
  ['ports', 'nothing', 'result'],
  ['count', 'seven', undefined],
  ['count', 'text', 'result'],
  ['nothing', 'nothing', undefined],
  ['nothing', 'seven', 'result'],
  ['anything', 'port', undefined],
  ['anything', 'nothing', undefined],
] as const;

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');
  let client: ReturnType<typeof createClient<Results>>;

  beforeAll(async () => {
    const answer = async (how: string): Promise<never> => ANSWERS[how] as never;
    const server = new RpcServer(await broker.connect(), { server: 's' });
    server.register(NewerResults, { ports: answer, count: answer, nothing: answer, anything: answer });
    await broker.startServer(server);
    client = createClient(broker.transport, Results, { validateResults: true });
  });

  test.each(rows)('%s returns %s: wrong at %s', async (method, how, path) => {
    const result = client[method](how);
    if (path === undefined) await expect(result).resolves.not.toBeInstanceOf(Error);
    else {
      await expect(result).rejects.toMatchObject({ code: 'invalid_result', executed: 'yes', data: { violations: [{ path }] } });
      await expect(result).rejects.toThrow(`Results.${method} returned a value that does not fit its contract: ${path}:`);
    }
    // without the option the server is trusted
    await expect(client.$with({ validateResults: null })[method](how)).resolves.toEqual(ANSWERS[how]);
  });

  test('what fits is made of instances; what the caller does not know is left out', async () => {
    const [port] = await client.ports('port');
    expect(port).toBeInstanceOf(Port);
    expect(port!.addresses[0]).toBeInstanceOf(Address);
    expect(await client.ports('newer port')).toEqual([{ id: 'p', addresses: [] }]);
    expect((await client.$with({ validateResults: false }).ports('port'))[0]).not.toBeInstanceOf(Port);
  });
});

test('the option is checked', () => {
  expect(() => createClient(new MemoryTransport(), Results, { validateResults: 1 as never })).toThrow(
    '[invalid_argument] validateResults must be',
  );
});
