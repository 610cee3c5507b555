/** Replies that break the protocol and hold the nonce of the call: the call ends at once, and the next one works. */
import 'reflect-metadata';
import { createClient, Endpoint, RpcMethod, remote } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collect } from '../../fixtures/collect';

@Endpoint({ topic: 'liar' })
abstract class Liar {
  @RpcMethod() ask(_how: string): Promise<unknown> {
    return remote();
  }
  @RpcMethod({ mode: 'stream' }) watch(_how: string): AsyncIterable<unknown> {
    return remote();
  }
}

const nested = (levels: number, open: string, close: string) => `${open.repeat(levels)}1${close.repeat(levels)}`;
const result = (json: string) => (re: string) => `{"re":"${re}","result":${json}}`;

/** Replies, and what the error says of each. */
const REPLIES: [string, (re: string) => string | Buffer, string][] = [
  ['a key __proto__', result('{"__proto__":{"isAdmin":true}}'), 'a key that would reach a prototype'],
  ['a key __proto__, escaped, in a list', result('[[{"__pro\\u0074o__":1}]]'), 'a key that would reach a prototype'],
  ['a constructor with a prototype', result('{"constructor":{"prototype":{}}}'), 'a key that would reach a prototype'],
  ['1e999', result('1e999'), 'a number beyond the range of a double'],
  ['400 digits in an object', result(`{"a":[${'9'.repeat(400)}]}`), 'a number beyond the range of a double'],
  ['80 levels', result(nested(80, '[', ']')), 'nested too deep'],
  ['80 levels of objects', result(nested(80, '{"a":', '}')), 'nested too deep'],
  ['100 000 levels', result(nested(100_000, '[', ']')), 'nested too deep'],
  ['100 000 levels that do not end', (re) => `{"re":"${re}","result":${'['.repeat(100_000)}`, 'nested too deep'],
  ['the nonce behind 100 000 levels', (re) => `{"result":${nested(100_000, '[', ']')}, "re" : "${re}"}`, 'nested too deep'],
  ['text that is cut off', (re) => `{"re":"${re}","result":"half`, 'not JSON'],
  ['bytes that are not UTF-8', (re) => Buffer.from(`{"re":"${re}","result":"\xff"}`, 'latin1'), 'not UTF-8'],
  ['an error that is text', (re) => `{"re":"${re}","error":"x"}`, '"error" of a reply lacks'],
  ['an error without executed', (re) => `{"re":"${re}","error":{"code":"x"}}`, '"error" of a reply lacks'],
  ['a notice without a server', (re) => `{"re":"${re}","alive":1}`, 'a notice without'],
  ['MessagePack that is cut off', (re) => Buffer.from(`\x82\xa2re\xb0${re}\xa6result\xa5ab`, 'latin1'), 'ends in the middle'],
  [
    'a key __proto__ in MessagePack',
    (re) => Buffer.from(`\x82\xa2re\xb0${re}\xa6result\x81\xa9__proto__\x01`, 'latin1'),
    'a key that would reach a prototype',
  ],
  ['an unknown first byte', (re) => Buffer.from(`\xc1"re":"${re}"`, 'latin1'), ''],
];

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');
  let client: ReturnType<typeof createClient<Liar>>;

  beforeAll(async () => {
    const transport = await broker.connect();
    const seen = new Map(REPLIES.map(([name, reply]) => [name, reply]));
    transport.subscribe('rpc.default.liar.any._.1.*.0', {
      deliver: ({ data, reply }) => {
        const request = JSON.parse(Buffer.from(data).toString());
        const bytes = seen.get(request.args[0])?.(request.re) ?? `{"re":"${request.re}","result":"fine"}`;
        transport.publish(reply!, Buffer.from(bytes as string));
      },
    });
    await transport.flush();
    client = createClient(broker.transport, Liar, { timeout: 30_000 });
  });

  test.each(REPLIES)('%s ends the call', async (name, _reply, why) => {
    const before = performance.now();
    const error = client.ask(name);
    await expect(error).rejects.toMatchObject({ code: 'protocol_error', executed: 'maybe' });
    await expect(error).rejects.toThrow(why);
    await expect(collect(client.watch(name))).rejects.toMatchObject({ code: 'protocol_error', executed: 'maybe' });
    expect(performance.now() - before).toBeLessThan(15_000);
    expect(await client.ask('?')).toBe('fine');
    expect(({} as { isAdmin?: true }).isAdmin).toBeUndefined();
  });
});
