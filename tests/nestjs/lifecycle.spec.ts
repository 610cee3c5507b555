/** The server of an application: it drains before the shutdown without losing a call, closes its own connection, and tells its health. */
import { CONCORD_TRANSPORT, ConcordHealthIndicator, ServesContract } from '@concord-rpc/nestjs';
import { startNatsServer } from '@concord-rpc/testing';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { createClient, MemoryTransport, NatsTransport, type Transport } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { deferred } from '../fixtures/deferred';
import { until } from '../fixtures/until';
import { Doors, PlainDoors } from './doors';
import { closeApps, startApp } from './nest-app';

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  afterEach(closeApps);

  test('an application that closes under load loses no call: each runs there, or on the other', async () => {
    let runs = 0;
    let isOpen = true;
    @Injectable()
    class Database implements OnApplicationShutdown {
      onApplicationShutdown() {
        isOpen = false;
      }
    }
    @Injectable()
    @ServesContract(Doors)
    class Slow extends PlainDoors {
      constructor(readonly database: Database) {
        super();
      }
      override async open(door: string) {
        await new Promise((resolve) => setImmediate(resolve));
        if (!isOpen) throw new Error('the database was closed while a call ran');
        runs++;
        return door;
      }
    }
    const { app } = await startApp({ transport: await broker.connect(), providers: [Slow, Database] });
    const client = createClient(broker.transport, Doors, { retry: false });
    const calls: Promise<string>[] = [];
    let closing: Promise<void> | undefined;
    const successor = async () => {
      isOpen = true;
      await startApp({ transport: await broker.connect(), providers: [Slow, Database] });
    };
    await successor();
    for (let n = 0; n < 300; n++) {
      calls.push(client.open(`${n}`));
      if (n === 100) closing = app.close().then(() => void (isOpen = true));
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 300 }, (_, n) => `${n}`));
    expect(runs).toBe(300);
    await closing;
  });

  test('the health follows the life of the server: up while it serves, down while it drains', async () => {
    const [begun, end] = [deferred(), deferred()];
    @Injectable()
    @ServesContract(Doors)
    class Held extends PlainDoors {
      override async open(door: string) {
        begun.resolve();
        await end.promise;
        return door;
      }
    }
    const { app, server } = await startApp({ transport: await broker.connect(), providers: [Held], imports: [TerminusModule] });
    const health = app.get(HealthCheckService, { strict: false });
    const indicator = app.get(ConcordHealthIndicator, { strict: false });
    const check = () =>
      health.check([() => indicator.isReady()]).then(
        ({ status }) => status,
        (error) => error.getResponse(),
      );
    expect(await check()).toBe('ok');
    const call = createClient(broker.transport, Doors).open('a');
    await begun.promise;
    const closed = app.close();
    await until(() => server.state === 'draining');
    expect(indicator.isReady('rpc')).toEqual({ rpc: { status: 'down', problems: [`server ${server.name} is stopping`] } });
    expect(indicator.isAlive()).toEqual({ concord: { status: 'up' } });
    expect(await check()).toMatchObject({ error: { concord: { status: 'down' } } });
    end.resolve();
    expect(await call).toBe('a');
    await closed;
    expect(server.state).toBe('stopped');
  });
});

describe('the connection', () => {
  afterEach(closeApps);

  @Injectable()
  @ServesContract(Doors)
  class Served extends PlainDoors {}

  test('that the module made is closed after the server has stopped; one that was given stays open', async () => {
    const given = new MemoryTransport();
    let made: MemoryTransport | undefined;
    const transports = [given, () => (made = new MemoryTransport())];
    for (const transport of transports) await startApp({ transport, providers: [Served] });
    await closeApps();
    expect([given.status, made?.status]).toEqual(['connected', 'closed']);
    await given.close();
  });

  test('that is no transport is refused by name', async () => {
    await expect(startApp({ transport: 'nats://localhost' as never })).rejects.toThrow(
      '[invalid_argument] transport of ConcordModule must be a transport, for example a NatsTransport, or a function that makes one; got "nats://localhost"',
    );
  });

  test('to a broker that is gone makes the application not ready, and its lines go to the logger of NestJS', async () => {
    const nats = await startNatsServer();
    const loggers: unknown[] = [];
    const { app } = await startApp({
      transport: (logger) => {
        loggers.push(logger);
        return NatsTransport.connect({ servers: nats.url, logger });
      },
      providers: [Served],
    });
    const indicator = app.get(ConcordHealthIndicator);
    expect(indicator.isReady()).toEqual({ concord: { status: 'up' } });
    await nats.stop();
    await until(() => app.get<Transport>(CONCORD_TRANSPORT).status === 'disconnected');
    expect(indicator.isReady()).toMatchObject({
      concord: { status: 'down', problems: [expect.stringContaining('is down; reconnecting')] },
    });
    expect(indicator.isAlive()).toEqual({ concord: { status: 'up' } });
    expect(loggers).toEqual([expect.any(Logger)]);
    await app.get<Transport>(CONCORD_TRANSPORT).close();
    expect(indicator.isAlive()).toMatchObject({ concord: { status: 'down' } });
  });
});
