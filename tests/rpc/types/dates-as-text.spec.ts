/** Dates and integers of 64 bits in JSON: in results, items of streams, answers of all servers, declared errors and remembered results. */
import 'reflect-metadata';
import { IsDate, IsOptional, MinDate } from 'class-validator';
import { Arg, createClient, Endpoint, Field, RpcMethod, RpcServer, remote, Since } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collect } from '../../fixtures/collect';
import { rawJsonRequest } from '../../fixtures/raw-request';

const at = new Date('2026-01-31T12:00:00.000Z');

class Event {
  @IsDate() @MinDate(new Date('2000-01-01T00:00:00Z')) at!: Date;
  @Since('1.1') @IsOptional() @IsDate() ended?: Date;
  @Field({ type: BigInt, optional: true }) bytes?: bigint;
}
class TooEarly extends Error {
  @IsDate() first!: Date;
}

@Endpoint({ topic: 'events', version: '1.1', name: 'Events' })
abstract class Events {
  @RpcMethod({ returns: Event, errors: [TooEarly], idempotent: true, idempotencyWindow: 10_000 }) put(
    _event: Event,
  ): Promise<Event> {
    return remote();
  }
  @RpcMethod({ returns: Date, mode: 'stream' }) days(_from: Date): AsyncIterable<Date> {
    return remote();
  }
  @RpcMethod({ returns: Event }) last(): Promise<Event> {
    return remote();
  }
  @RpcMethod() any(@Arg({ unchecked: true }) _what: unknown): Promise<unknown> {
    return remote();
  }
}

describe.each(brokers)('over $name', ({ start }) => {
  const broker = useBroker(start);
  let seen: unknown;
  const event = { at, ended: at, bytes: 2n ** 60n };
  const handlers = {
    put: async (given: Event) => {
      seen = given;
      if (given.at.getTime() === 1e12) throw Object.assign(new TooEarly('early'), { first: at });
      return given;
    },
    async *days(from: Date) {
      yield from;
      yield new Date(from.getTime() + 86_400_000);
    },
    last: async () => event as Event,
    any: async (what: unknown) => what,
  };
  beforeEach(async () => {
    await broker.startServer(
      new RpcServer(await broker.connect(), { logger: broker.logger, server: 'one' }).register(Events, handlers),
    );
  });
  const client = () => createClient(broker.transport, Events);

  test('arguments and results', async () => {
    expect(await client().put(event)).toEqual(event);
    expect(seen).toEqual(Object.assign(new Event(), event));
  });

  test('validators of class-validator get the date', async () => {
    const refused = client().put({ at: new Date(0) });
    await expect(refused).rejects.toMatchObject({ code: 'invalid_argument', data: { violations: [{ path: 'event.at' }] } });
  });

  test('items of a stream', async () => {
    expect(await collect(client().days(at))).toEqual([at, new Date('2026-02-01T12:00:00.000Z')]);
  });

  test('answers of all servers', async () => {
    expect(await collect(client().$each.last())).toEqual([{ server: 'one', value: event }]);
  });

  test('the data of a declared error', async () => {
    const error = await client()
      .put({ at: new Date(1e12) })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TooEarly);
    expect((error as TooEarly).first).toEqual(at);
  });

  test('on the wire they are text, and an older caller gets no newer date', async () => {
    const reply = await rawJsonRequest(broker.transport, 'rpc.default.events.any._.1.last.0', {
      re: 'a',
      contract: '1.0',
      args: [],
    });
    expect(reply.result).toEqual({ at: '2026-01-31T12:00:00.000Z', bytes: '1152921504606846976' });
  });

  test('a date that is not declared is refused', async () => {
    await expect(client().any({ at })).rejects.toMatchObject({ code: 'unserializable', executed: 'no' });
    await expect(client().put({ at: new Date(Number.NaN) })).rejects.toMatchObject({ code: 'unserializable', executed: 'no' });
    await expect(client().put({ at, bytes: 2n ** 63n })).rejects.toMatchObject({ code: 'unserializable', executed: 'no' });
  });
});
