/** Contracts of running servers, whatever their size: read in pages, once for servers with equal contracts, refused if a page is false. */
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { askUsage, connectionOf, describeAll } from '@concord-rpc/client';
import { type Class, contractOf, createClient, RpcServer, type Transport } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { wideContract, wideHandlers } from '../fixtures/contracts/wide-contract';

const METHODS = 1_200; // with their descriptions a contract file of more than the 1 MiB that a broker takes
const Large = wideContract(METHODS, { description: 800 });
const Small = wideContract(2);
const ADDRESS = { root: 'rpc', exchange: 'default', topic: 'wide' };

const PATIENT = { first: 60_000, longest: 60_000 };

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);

  async function serve(server: string, contract: Class<object>, methods: number): Promise<void> {
    const transport = await broker.connect();
    await broker.startServer(
      new RpcServer(transport, { server, logger: broker.logger }).register(contract, wideHandlers(methods)),
    );
  }

  /** Records the subjects that a connection publishes to. */
  function recorded(transport: Transport): string[] {
    const subjects: string[] = [];
    const { publish } = transport;
    transport.publish = (subject, data, reply) => {
      if (subject.includes('._concord.')) subjects.push(subject);
      publish.call(transport, subject, data, reply);
    };
    return subjects;
  }

  test('a contract over the payload of the broker arrives whole, and servers with the same contract send it once', async () => {
    await serve('a', Large, METHODS);
    await serve('b', Large, METHODS);
    await serve('c', Small, 2);
    const text = JSON.stringify(contractOf(Large));
    expect(text.length).toBeGreaterThan(1_048_576);
    await describeAll(connectionOf(broker.transport), ADDRESS, PATIENT); // the servers write their contracts for the first time
    const asked = recorded(broker.transport);
    const { described: servers } = await describeAll(connectionOf(broker.transport), ADDRESS, PATIENT);
    const found = Object.fromEntries(
      servers.map(({ server, contract, refusal }) => [server, refusal ?? JSON.stringify(contract)]),
    );
    expect(found).toEqual({ a: text, b: text, c: JSON.stringify(contractOf(Small)) });
    const pages = Math.ceil(text.replace(/[^ -~]/g, '\\u0000').length / 8_000);
    const ofLarge = asked.filter((subject) => !subject.includes('.to.c.') && !subject.includes('.all.'));
    expect(ofLarge).toHaveLength(pages);
    expect(new Set(ofLarge).size).toBe(1);
  });

  test('a usage report of several pages arrives whole, also while calls are counted', async () => {
    await serve('a', Large, METHODS);
    const names = Array.from({ length: 800 }, (_, index) => `m${index}`);
    const client = createClient(broker.transport, Large as Class<Record<string, () => Promise<string>>>);
    await Promise.all(names.map((name) => client[name]!()));
    const connection = connectionOf(broker.transport);
    const asking = askUsage(connection, ADDRESS, 'a', 30_000);
    await client.m0!();
    const { report, refusal } = await asking;
    expect(refusal).toBeUndefined();
    expect(report!.uses.map(({ method }) => method).sort()).toEqual([...names].sort());
  });

  test.each<[string, (page: number, re: string) => object, string]>([
    ['another text', (page) => ({ page, text: '{}' }), 'do not have the hash'],
    ['another page', () => ({ page: 99, text: '{}' }), 'cannot be read'],
    ['a text that is too long', (page) => ({ page, text: ' '.repeat(8_001) }), 'cannot be read'],
  ])('a server that sends %s gives a refusal, and no contract', async (_what, answer, why) => {
    const transport = await broker.connect();
    const hash = 'a'.repeat(64);
    const deliver = ({ data, reply }: { readonly data: Uint8Array; readonly reply?: string }) => {
      const { re, args } = JSON.parse(Buffer.from(data).toString());
      const result = args.length === 0 ? { pages: 2 } : answer(args[0], re);
      transport.publish(reply!, Buffer.from(JSON.stringify({ re, result: { server: 'liar', hash, ...result } })));
    };
    transport.subscribe('rpc.default.wide.all._concord.1.describe.0', { deliver });
    transport.subscribe('rpc.default.wide.to.liar._concord.1.describe.0', { deliver });
    await transport.flush();
    const { described } = await describeAll(connectionOf(broker.transport), ADDRESS, PATIENT);
    const [liar, ...others] = described;
    expect(others).toEqual([]);
    expect(liar).toMatchObject({ server: 'liar', refusal: { code: 'protocol_error', message: expect.stringContaining(why) } });
    expect(liar).not.toHaveProperty('contract');
  });

  test('a page that is refused because of a limit is asked for again after the stated time', async () => {
    const transport = await broker.connect();
    const text = '{"name":"large"}';
    const hash = createHash('sha256').update(text).digest('hex');
    const asked: unknown[] = [];
    const overloaded = { code: 'overloaded', message: 'later', executed: 'no', retryable: true, data: { retryAfter: 20 } };
    const deliver = ({ data, reply }: { readonly data: Uint8Array; readonly reply?: string }) => {
      const { re, args } = JSON.parse(Buffer.from(data).toString());
      asked.push(args);
      const head = { server: 'busy', hash };
      const result = args.length === 0 ? { ...head, pages: 1 } : { ...head, page: 0, text };
      const answer = asked.length === 2 || asked.length === 3 ? { error: overloaded } : { result };
      transport.publish(reply!, Buffer.from(JSON.stringify({ re, ...answer })));
    };
    transport.subscribe('rpc.default.wide.all._concord.1.describe.0', { deliver });
    transport.subscribe('rpc.default.wide.to.busy._concord.1.describe.0', { deliver });
    await transport.flush();
    const { described: servers } = await describeAll(connectionOf(broker.transport), ADDRESS, PATIENT);
    expect(servers).toEqual([{ server: 'busy', contract: { name: 'large' } }]);
    expect(asked).toEqual([[], [0, hash], [0, hash], [0, hash]]);
  });

  test.each([0, -1, 1.5, 1_025, '2', null])('a head of %p pages is no answer', async (pages) => {
    const transport = await broker.connect();
    transport.subscribe('rpc.default.wide.all._concord.1.describe.0', {
      deliver: ({ data, reply }) => {
        const { re } = JSON.parse(Buffer.from(data).toString());
        const result = { server: 'liar', hash: 'a'.repeat(64), pages };
        transport.publish(reply!, Buffer.from(JSON.stringify({ re, result })));
      },
    });
    await transport.flush();
    expect((await describeAll(connectionOf(broker.transport), ADDRESS, { first: 300 })).described).toEqual([]);
  });
});
