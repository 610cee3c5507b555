/** Tests of the service over a transport, and of a caller with a mock client. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mockClient } from '@concord-rpc/testing';
import { createClient, MemoryTransport, RpcServer } from 'concord-rpc';
import { Greeter } from './contract.js';
import { GreeterService } from './greeter-service.js';

test('the service greets in a language', async () => {
  const transport = new MemoryTransport();
  const server = new RpcServer(transport).register(Greeter, new GreeterService());
  await server.start();
  const greeter = createClient(transport, Greeter);
  assert.deepEqual(await greeter.greet('Ann', 'fr'), { text: 'Bonjour, Ann!' });
  await server.stop();
});

test('a wrong argument is refused before the handler runs', async () => {
  const greeter = mockClient(Greeter, { greet: async (name) => ({ text: name }) });
  await assert.rejects(greeter.greet(7 as never), { code: 'invalid_argument', executed: 'no' });
  assert.equal((await greeter.greet('Ann')).text, 'Ann');
  assert.deepEqual(
    greeter.$calls.map(({ needs }) => needs),
    ['1.0', '1.0'],
  );
});
