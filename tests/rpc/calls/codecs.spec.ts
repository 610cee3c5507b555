/** Peers that know fewer codecs than others, and what is loaded for a codec when. */
import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createClient } from '@concord-rpc/client';
import { isRpcError } from '@concord-rpc/core';
import { Codecs, jsonCodec } from '@concord-rpc/core/wire';
import { RpcServer } from '@concord-rpc/server';
import { classValidation } from '@concord-rpc/validation';
import { Endpoint, MemoryTransport, RpcMethod, remote } from 'concord-rpc';

@Endpoint({ topic: 'json-only' })
abstract class Plain {
  @RpcMethod() ask(_what: string): Promise<string> {
    return remote();
  }
}

@Endpoint({ topic: 'binary', codec: 'msgpack' })
abstract class Binary {
  @RpcMethod() ask(_what: string): Promise<string> {
    return remote();
  }
}

const ask = async (what: string) => what;

test('a server that knows only JSON says so, in JSON', async () => {
  const transport = new MemoryTransport();
  const server = new RpcServer(transport, { validator: classValidation }).register(Plain, { ask });
  await server.start();
  const reply = new Promise<string>((resolve) => {
    transport.subscribe('_INBOX.x', { deliver: ({ data }) => resolve(Buffer.from(data).toString()) });
  });
  transport.publish('rpc.default.json-only.any._.1.ask.0', Buffer.of(0x91, 0xa1, 0x61), '_INBOX.x');
  expect(JSON.parse(await reply)).toEqual({
    error: {
      code: 'protocol_error',
      message: 'message begins with byte 0x91, which no codec here writes; available: json',
      executed: 'no',
      retryable: false,
    },
  });
  await server.stop();
});

test('a contract whose codec is not there is refused when it is registered, on both sides', async () => {
  const transport = new MemoryTransport();
  const refused = '[invalid_contract] there is no codec "msgpack" here; available: json';
  expect(() => new RpcServer(transport, { validator: classValidation }).register(Binary, { ask })).toThrow(refused);
  expect(() => createClient(transport, Binary, { validator: classValidation })).toThrow(refused);
  await transport.close();
});

test.each([
  ['an object', '{', 'json'],
  ['an array', '[', 'json'],
  ['white space', ' ', 'json'],
  ['nothing', '', 'json'],
  ['gzip', '\x1f', 'json'],
  ['a small map', '\x80', 'binary'],
  ['a large map', '\xdf', 'binary'],
])('%s at the beginning: %s is %s', (_name, text, name) => {
  const binary = { ...jsonCodec, name: 'binary' };
  const codecs = new Codecs([{ name: 'binary', begins: (byte) => byte === 0x80 || byte === 0xdf, load: () => binary }]);
  expect(codecs.of(Buffer.from(text, 'latin1')).name).toBe(name);
});

test.each(['\x90', '\xc1', '\xef\xbb\xbf{}', '\xff'])('%j is of no codec', (text) => {
  const codecs = new Codecs([{ name: 'binary', begins: (byte) => byte === 0x80, load: () => jsonCodec }]);
  let thrown: unknown;
  try {
    codecs.of(Buffer.from(text, 'latin1'));
  } catch (error) {
    thrown = error;
  }
  expect(isRpcError(thrown) && thrown.code).toBe('protocol_error');
});

test('a process without a contract in MessagePack does not load its library', () => {
  const program = `
    const { createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer } = require('concord-rpc');
    const isLoaded = () => Object.keys(require.cache).some((file) => file.includes('@msgpack'));
    function contract(codec) {
      class Api { ask() {} }
      RpcMethod()(Api.prototype, 'ask');
      Endpoint({ topic: codec, codec })(Api);
      return Api;
    }
    async function isLoadedAfterACall(codec) {
      const transport = new MemoryTransport();
      const server = new RpcServer(transport).register(contract(codec), { ask: () => 1 });
      await server.start();
      await createClient(transport, contract(codec)).ask();
      await server.stop();
      return isLoaded();
    }
    (async () => console.log(JSON.stringify([await isLoadedAfterACall('json'), await isLoadedAfterACall('msgpack')])))();
  `;
  const printed = execFileSync(process.execPath, ['-e', program], { cwd: join(__dirname, '../../..'), encoding: 'utf8' });
  expect(JSON.parse(printed)).toEqual([false, true]);
});
