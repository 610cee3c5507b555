/** Results on the wire: what the contract declares is sent, and nothing else. */
import 'reflect-metadata';
import { Exclude, Type } from 'class-transformer';
import { IsArray, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Arg, contractOf, createClient, Endpoint, RpcMethod, RpcServer, remote, Since } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collect } from '../../fixtures/collect';
import { rawJsonRequest } from '../../fixtures/raw-request';

class Address {
  @IsString() ip!: string;
  secret?: string;
}
class User {
  @IsString() id!: string;
  @Exclude() password?: string;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Address) addresses?: Address[];
  @IsOptional() @ValidateNested() @Type(() => User) boss?: User;
  @IsOptional() @IsArray() tags?: unknown[];
  @Since('1.1') @IsOptional() @IsString() mail?: string;
}
/** A class without validators declares nothing that could be cut. */
class Bare {
  anything?: unknown;
}

@Endpoint({ topic: 'declared-results', version: '1.1' })
abstract class Users {
  @RpcMethod({ returns: User }) one(@Arg({ unchecked: true }) _what: unknown): Promise<unknown> {
    return remote();
  }
  @RpcMethod({ returns: [User] }) list(@Arg({ unchecked: true }) _what: unknown): Promise<unknown> {
    return remote();
  }
  @RpcMethod({ returns: User, mode: 'stream' }) watch(@Arg({ unchecked: true }) _what: unknown): AsyncIterable<unknown> {
    return remote();
  }
  @RpcMethod({ returns: Bare }) bare(@Arg({ unchecked: true }) _what: unknown): Promise<unknown> {
    return remote();
  }
  @RpcMethod() anything(@Arg({ unchecked: true }) _what: unknown): Promise<unknown> {
    return remote();
  }
}

class Person {
  constructor(readonly id: string) {}
  readonly password = 'p';
  readonly #hidden = 'h';
  toJSON(): object {
    return { id: this.id, password: this.password, hidden: this.#hidden };
  }
}

const secret = { password: 'p', passwordHash: 'h' };
const full = { id: 'u', mail: 'm', ...secret };
const cut = { id: 'u', mail: 'm' };

/** The handlers' results, by name, as each method sends them. */
const RESULTS: Record<string, { given: unknown; sent: unknown }> = {
  'undeclared properties': { given: full, sent: cut },
  'an instance': { given: Object.assign(new User(), full), sent: cut },
  'an instance of a subclass': { given: Object.assign(new (class Admin extends User {})(), full, { rights: 'all' }), sent: cut },
  'an object with toJSON': { given: new Person('u'), sent: { id: 'u' } },
  'an object without prototype': { given: Object.assign(Object.create(null), full), sent: cut },
  'nested ones': {
    given: { ...full, boss: { ...full, boss: full }, addresses: [{ ip: '::1', secret: 's' }] },
    sent: { ...cut, boss: { ...cut, boss: cut }, addresses: [{ ip: '::1' }] },
  },
  'one object where a list is declared': {
    given: { ...full, addresses: { ip: '::1', secret: 's' } },
    sent: { ...cut, addresses: { ip: '::1' } },
  },
  'a list where one object is declared': { given: { ...full, boss: [full, [full]] }, sent: { ...cut, boss: [cut, [cut]] } },
  'values without a declared type': { given: { id: 'u', tags: [secret, 1, null] }, sent: { id: 'u', tags: [secret, 1, null] } },
  'null in nested fields': {
    given: { id: 'u', boss: null, addresses: [null] },
    sent: { id: 'u', boss: null, addresses: [null] },
  },
  'a Date in an undeclared property': { given: { id: 'u', at: new Date(0) }, sent: { id: 'u' } },
  'nothing to cut': { given: cut, sent: cut },
  text: { given: 'u', sent: 'u' },
};

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');
  const given = (name: unknown): any => RESULTS[name as string]?.given;
  let client: ReturnType<typeof createClient<Users>>;

  beforeAll(async () => {
    const server = new RpcServer(await broker.connect(), { server: 's' });
    const bare = async (name: unknown) => given(name);
    server.register(Users, {
      one: bare,
      bare,
      anything: bare,
      list: async (name) => [given(name), given(name)],
      watch: async function* (name) {
        yield given(name);
        yield given(name);
      },
    });
    await broker.startServer(server);
    client = createClient(broker.transport, Users);
  });

  test.each(Object.entries(RESULTS))('%s', async (name, { given: before, sent }) => {
    const copy = structuredCloneOf(before);
    expect(await client.one(name)).toEqual(sent);
    expect(await client.list(name)).toEqual([sent, sent]);
    expect(await collect(client.watch(name))).toEqual([sent, sent]);
    expect(structuredCloneOf(before)).toEqual(copy); // the handler's own value stays as it was
  });

  test('results without a declared type, and of classes that declare no field, stay as they are', async () => {
    expect(await client.anything('undeclared properties')).toEqual(full);
    expect(await client.bare('undeclared properties')).toEqual(full);
  });

  test.each([
    ['1.0', { id: 'u' }],
    ['1.1', cut],
    ['1.7', cut],
    ['2.0', cut],
    [undefined, cut],
  ])('a caller of version %s gets what its version declares', async (contract, result) => {
    const reply = await rawJsonRequest(broker.transport, 'rpc.default.declared-results.any._.1.one.0', {
      args: ['undeclared properties'],
      contract,
    });
    expect(reply).toEqual({ result });
  });

  test('a Date in a value that is sent as JSON is an error with its path, on both sides', async () => {
    RESULTS.dated = { given: { id: 'u', tags: [{ at: new Date(0) }] }, sent: undefined };
    const result = client.one('dated');
    await expect(result).rejects.toMatchObject({ code: 'unserializable', executed: 'yes' });
    await expect(result).rejects.toThrow('result of Users.one: result.tags[0].at is a Date');
    const argument = client.anything({ at: new Date(0) });
    await expect(argument).rejects.toMatchObject({ code: 'unserializable', executed: 'no' });
    await expect(argument).rejects.toThrow('what.at is a Date');
    delete RESULTS.dated;
  });
});

test('declared bytes are refused when the contract is registered, not at each call', () => {
  class Dated {
    @Type(() => Uint8Array) @IsOptional() at!: Uint8Array;
  }
  @Endpoint({ topic: 't' })
  class Reports {
    @RpcMethod({ returns: Dated }) last(): Promise<Dated> {
      return remote();
    }
  }
  expect(() => contractOf(Reports)).toThrow(
    "[invalid_contract] Dated.at (result of Reports.last) has no known type: the JSON codec cannot carry bytes; @Endpoint({ codec: 'msgpack' }) can",
  );
});

function structuredCloneOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
