/** The module: its options, injected clients, and providers that a test replaces. */
import {
  CONCORD_TRANSPORT,
  ConcordModule,
  ConcordServer,
  getClientToken,
  InjectClient,
  ServesContract,
} from '@concord-rpc/nestjs';
import { mockClient } from '@concord-rpc/testing';
import { type CanActivate, Injectable, Module, UseGuards } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type Client, createClient, Endpoint, MemoryTransport, RpcMethod, remote } from 'concord-rpc';
import { failure } from '../fixtures/failure';
import { Doors, handled, PlainDoors } from './doors';
import { closeApps, startApp } from './nest-app';

@Endpoint({ topic: 'house', version: '1.0' })
abstract class House {
  @RpcMethod({ returns: String }) enter(_name: string): Promise<string> {
    return remote();
  }
}

@Injectable()
@ServesContract(House)
class HouseService {
  constructor(@InjectClient(Doors) private readonly doors: Client<Doors>) {}
  async enter(name: string) {
    return `${name}: ${await this.doors.open('front')}`;
  }
}

@Injectable()
@ServesContract(Doors)
class DoorsService extends PlainDoors {
  isReady = false;
  onModuleInit() {
    this.isReady = true;
  }
  override async open(door: string) {
    return `${door} ready ${this.isReady}`;
  }
}

@Module({ imports: [ConcordModule.forFeature([Doors])], providers: [HouseService] })
class HouseModule {}

@Module({ providers: [DoorsService] })
class DoorsModule {}

test('the tests run on the release of NestJS that they name', () => {
  const { version } = require('@nestjs/core/package.json') as { version: string };
  expect(version.split('.')[0]).toBe(process.env.NESTJS ?? '11');
});

const quiet = { warn: () => undefined, error: () => undefined };
let transport: MemoryTransport;
beforeEach(() => {
  transport = new MemoryTransport();
  handled.length = 0;
});
afterEach(async () => {
  await closeApps();
  await transport.close();
});

test('a provider calls another through an injected client; lifecycle hooks are no methods of the contract, and run', async () => {
  await startApp({ transport, imports: [HouseModule, DoorsModule] });
  expect(await createClient(transport, House).enter('me')).toBe('me: front ready true');
});

test('forRootAsync makes the options from injected providers, and clients take those of the module and of their feature', async () => {
  @Module({ providers: [{ provide: 'NAME', useValue: 'server-of-config' }], exports: ['NAME'] })
  class Config {}
  const app = await Test.createTestingModule({
    imports: [
      ConcordModule.forRootAsync({
        imports: [Config],
        inject: ['NAME'],
        useFactory: async (name: string) => ({
          transport: async () => transport,
          server: { server: name, logger: quiet },
          client: { context: { caller: 'app' } },
        }),
      }),
      ConcordModule.forFeature([{ contract: Doors, versionCap: '1.0' }]),
      DoorsModule,
    ],
  }).compile();
  await app.init();
  expect(app.get(ConcordServer).rpc.name).toBe('server-of-config');
  const client = app.get<Client<Doors>>(getClientToken(Doors));
  expect((await client.$servers()).map(({ server }) => server)).toEqual(['server-of-config']);
  await app.close();
});

test('an application without served contracts starts no server, and its health is that of the connection', async () => {
  const { app, server } = await startApp({ transport, imports: [HouseModuleOfClients] });
  expect(server.state).toBe('new');
  expect(app.get(ConcordServer).health()).toEqual({ ok: true, problems: [] });
});

@Module({ imports: [ConcordModule.forFeature([Doors])] })
class HouseModuleOfClients {}

describe('overrideProvider', () => {
  test('replaces a client by a mock', async () => {
    const doors = mockClient(Doors, { open: async (door) => `mocked ${door}` });
    const { app } = await startApp({
      transport,
      imports: [HouseModule],
      override: (builder) => builder.overrideProvider(getClientToken(Doors)).useValue(doors),
    });
    expect(await app.get(HouseService, { strict: false }).enter('me')).toBe('me: mocked front');
    expect(doors.$calls.map(({ args }) => args)).toEqual([['front']]);
  });

  test('replaces the connection: the function that makes it is not called', async () => {
    const connect = jest.fn();
    await startApp({
      transport: connect,
      imports: [DoorsModule],
      override: (builder) => builder.overrideProvider(CONCORD_TRANSPORT).useValue(transport),
    });
    expect(await createClient(transport, Doors).open('a')).toBe('a ready true');
    expect(connect).not.toHaveBeenCalled();
  });

  class Closed implements CanActivate {
    canActivate() {
      return false;
    }
  }
  @Injectable()
  @ServesContract(Doors)
  class GuardedDoors extends PlainDoors {
    @UseGuards(Closed)
    override async ring() {}
  }
  class FakeDoors extends GuardedDoors {
    override async open() {
      return 'fake';
    }
  }

  test.each([
    { how: 'useValue', with: { open: async () => 'fake', ring: async () => void handled.push('rung'), watch: () => [] } },
    { how: 'useClass', with: FakeDoors },
    { how: 'useFactory', with: { factory: () => new FakeDoors() } },
  ] as const)('by $how replaces a provider that serves a contract; its guards still run', async ({ how, with: replacement }) => {
    await startApp({
      transport,
      providers: [GuardedDoors],
      override: (builder) => builder.overrideProvider(GuardedDoors)[how](replacement as never),
    });
    const client = createClient(transport, Doors);
    expect(await client.open('a')).toBe('fake');
    expect(await failure(client.ring('a'))).toMatchObject({ code: 'permission_denied', executed: 'no' });
    expect(handled).toEqual([]);
  });

  test('replaces a guard', async () => {
    await startApp({
      transport,
      providers: [GuardedDoors],
      override: (builder) => builder.overrideGuard(Closed).useValue({ canActivate: () => true }),
    });
    await createClient(transport, Doors).ring('a');
  });
});
