/** The span that is current where handlers, nested calls, items and log lines run, and the parents that follow from it, on every transport. */
import 'reflect-metadata';
import { type CallFacts, channels } from '@concord-rpc/core/engine';
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { type Client, type ClientOptions, createClient, Endpoint, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { type Deferred, deferred } from '../fixtures/deferred';
import { failure } from '../fixtures/failure';
import { until } from '../fixtures/until';
import { currentSpanId, useRecorded } from './recorded';

@Endpoint({ topic: 'walks', namespace: 'legs', version: '1.0' })
abstract class Walk {
  @RpcMethod({ since: '1.0', idempotent: true }) step(_left: number): Promise<string[]> {
    return remote();
  }
  @RpcMethod({ since: '1.0', mode: 'cast' }) tell(_left: number): Promise<void> {
    return remote();
  }
  @RpcMethod({ since: '1.0', mode: 'stream', returns: String }) steps(_count: number): AsyncIterable<string> {
    return remote();
  }
  @RpcMethod({ since: '1.0' }) fail(): Promise<void> {
    return remote();
  }
  @RpcMethod({ since: '1.0' }) slow(): Promise<void> {
    return remote();
  }
  @RpcMethod({ since: '1.0' }) context(): Promise<string> {
    return remote();
  }
}

/** A value that code keeps in its own context. */
const OWN = Symbol('own');

/** The baggage that is active: `key=value,key=value`. */
function activeBaggage(): string {
  const entries = propagation.getActiveBaggage()?.getAllEntries() ?? [];
  return entries.map(([key, { value }]) => `${key}=${value}`).join();
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  const recorded = useRecorded({ baggage: ['tenant'] });
  let client: Client<Walk>;
  let told: (string | undefined)[];
  let carried: string[];
  let release: Deferred;

  async function serve(options: ClientOptions = {}): Promise<void> {
    [told, carried] = [[], []];
    release = deferred();
    const inner = createClient(await broker.connect(), Walk);
    const log = (line: string) => void told.push(`${line.split(' ').slice(0, 2).join(' ')} in ${currentSpanId()}`);
    const server = new RpcServer(await broker.connect(), { server: 's', logger: { warn: log, error: log } });
    server.register(Walk, {
      step: async (left) => {
        await turn();
        return left === 0 ? [currentSpanId()!] : [currentSpanId()!, ...(await inner.step(left - 1))];
      },
      tell: async (left) => {
        await turn();
        told.push(currentSpanId());
        carried.push(activeBaggage());
        if (left > 0) await inner.$cast.tell(left - 1);
      },
      async *steps(count) {
        for (let i = 0; i < count; i++) {
          yield (await inner.step(0))[0]!;
          await turn();
        }
      },
      fail: async () => {
        await turn();
        throw new Error('no');
      },
      slow: async () => {
        await release.promise;
        log('after the deadline');
        throw new Error('too late');
      },
      context: async () => {
        await turn();
        return `${activeBaggage()},${context.active().getValue(OWN) ?? ''}`;
      },
    });
    await broker.startServer(server);
    client = createClient(broker.transport, Walk, options);
  }

  /** The names of a span and of those above it: `root > CLIENT Walk/step > …`. */
  function pathOf(id: string): string {
    const span = recorded().spans.find((each) => each.spanContext().spanId === id);
    if (span === undefined) return '?';
    const above = span.parentSpanContext === undefined ? '' : `${pathOf(span.parentSpanContext.spanId)} > `;
    return `${above}${SpanKind[span.kind]} ${span.name.replace('Walk/', '')}`;
  }
  const serverSpans = (count: number) => until(() => recorded().servers.length === count);

  test('a call made after an await is the child of the request that its caller serves', async () => {
    await serve();
    const ids = await client.step(2);
    await serverSpans(3);
    const one = 'CLIENT step > SERVER step';
    expect(ids.map(pathOf)).toEqual([one, `${one} > ${one}`, `${one} > ${one} > ${one}`]);
  });

  test('a call made by every item of a stream is the child of the stream', async () => {
    await serve();
    const ids = await collect(client.steps(3));
    await serverSpans(4);
    const below = 'CLIENT steps > SERVER steps > CLIENT step > SERVER step';
    expect(ids.map(pathOf)).toEqual([below, below, below]);
  });

  test('calls at the same time never share a span', async () => {
    await serve();
    const all = await Promise.all(Array.from({ length: 50 }, () => client.step(1)));
    await serverSpans(100);
    expect(new Set(all.flat()).size).toBe(100);
    expect(new Set(recorded().spans.map((span) => span.spanContext().traceId)).size).toBe(50);
    const one = 'CLIENT step > SERVER step';
    for (const [outer, inner] of all as [string, string][]) {
      expect([pathOf(outer), pathOf(inner)]).toEqual([one, `${one} > ${one}`]);
      expect(parentOf(parentOf(spanOf(inner)))?.spanContext().spanId).toBe(outer);
    }
  });

  test('batched calls have spans of their own', async () => {
    await serve({ batch: true });
    await client.$servers();
    const ids = (await Promise.all(Array.from({ length: 20 }, () => client.step(0)))).flat();
    await serverSpans(20);
    expect(new Set(ids.map((id) => parentOf(spanOf(id))!.spanContext().spanId)).size).toBe(20);
  });

  test('the requests of casts, fanouts and calls to all servers are children', async () => {
    await serve();
    await client.$cast.tell(1);
    await serverSpans(2);
    await client.$fanout.tell(0);
    await serverSpans(3);
    await collect(client.$each.step(0));
    await serverSpans(4);
    const one = 'CLIENT tell > SERVER tell';
    expect(told.map((id) => pathOf(id!))).toEqual([one, `${one} > ${one}`, one]);
    for (const span of recorded().servers) expect(parentOf(span)?.kind).toBe(SpanKind.CLIENT);
  });

  test('the log line of a failure, and one after the deadline, are within the span', async () => {
    await serve();
    await failure(client.fail());
    expect(await failure(client.$with({ timeout: 50, retry: false }).slow())).toMatchObject({ code: 'deadline_exceeded' });
    release.resolve(undefined);
    await serverSpans(2);
    const ids = recorded().servers.map((span) => span.spanContext().spanId);
    expect(told).toEqual([`Walk.fail failed in ${ids[0]}`, `after the in ${ids[1]}`, `Walk.slow failed in ${ids[1]}`]);
  });

  test('a handler sees the span and the listed baggage of its caller, and no other part of its context', async () => {
    await serve();
    const baggage = propagation.createBaggage({ tenant: { value: 'blue' }, secret: { value: 'x' } });
    const here = propagation.setBaggage(ROOT_CONTEXT, baggage).setValue(OWN, 'own');
    const ended: CallFacts[] = [];
    const listen = (call: unknown) => void ended.push(call as CallFacts);
    channels.call.asyncEnd.subscribe(listen);
    expect(await context.with(here, () => client.context())).toBe('tenant=blue,');
    expect(await client.context()).toBe(',');
    await until(() => ended.length === 2);
    channels.call.asyncEnd.unsubscribe(listen);
    expect(ended.map(({ trace }) => trace!.baggage)).toEqual(['tenant=blue', undefined]);
    const span = trace.getTracer('test').startSpan('root');
    const ids = await context.with(trace.setSpan(here, span), () => client.step(0));
    span.end();
    await serverSpans(3);
    expect(ids.map(pathOf)).toEqual(['INTERNAL root > CLIENT step > SERVER step']);
  });

  test.each<[object | undefined, string | undefined, string | undefined, string]>([
    [
      { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=1' },
      'b7ad6b7169203331',
      'a=1',
      '',
    ],
    [{ traceparent: 'not one', tracestate: 'a=1' }, undefined, undefined, ''],
    [{ baggage: 'tenant=blue,secret=x' }, undefined, undefined, 'tenant=blue'],
    [undefined, undefined, undefined, ''],
  ])('a caller that sends %j', async (sent, parent, state, entries) => {
    await serve();
    const data = new TextEncoder().encode(JSON.stringify({ v: 1, args: [0], trace: sent, cast: true }));
    broker.transport.publish('rpc.default.walks.any.legs.1.tell.0', data);
    await serverSpans(1);
    const [span] = recorded().servers;
    expect(span!.parentSpanContext?.spanId).toBe(parent);
    expect(span!.spanContext().traceState?.serialize()).toBe(state);
    expect(told).toEqual([span!.spanContext().spanId]);
    expect(carried).toEqual([entries]);
  });

  function spanOf(id: string): ReadableSpan {
    return recorded().spans.find((span) => span.spanContext().spanId === id)!;
  }

  function parentOf({ parentSpanContext }: ReadableSpan = {} as ReadableSpan): ReadableSpan | undefined {
    return parentSpanContext && spanOf(parentSpanContext.spanId);
  }
});
