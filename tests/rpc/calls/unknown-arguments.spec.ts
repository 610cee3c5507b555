/** Arguments that a method lacks: refused, or ignored and counted where the endpoint says so. */
import { contractOf, Endpoint, MemoryTransport, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { rawJsonRequest } from '../../fixtures/raw-request';

@Endpoint({ topic: 'strict', name: 'Strict' })
abstract class Strict {
  @RpcMethod({ returns: String })
  greet(_name: string): Promise<string> {
    return remote();
  }
}

@Endpoint({ topic: 'open', name: 'Open', unknownArgs: 'ignore' })
abstract class Open {
  @RpcMethod({ returns: String })
  greet(_name: string): Promise<string> {
    return remote();
  }
}

const handlers = { greet: (name: string) => `hello ${name}` };

test.each([
  ['refuses them by default', 'strict', { error: { code: 'invalid_argument' } }, 0],
  ["ignores and counts them with unknownArgs: 'ignore'", 'open', { result: 'hello ann' }, 2],
] as const)('a server %s', async (_what, topic, reply, stripped) => {
  const transport = new MemoryTransport();
  const server = new RpcServer(transport).register(topic === 'open' ? Open : Strict, handlers as never);
  await server.start();
  const request = { v: 1, args: { name: 'ann', kwarg: 1, 7: true } };
  const answer = await rawJsonRequest(transport, `rpc.default.${topic}.any._.1.greet.0`, request);
  expect(JSON.stringify(answer)).toContain(JSON.stringify(Object.values(reply)[0]).slice(1, -1));
  expect(server.stats().stripped).toBe(stripped);
  await server.stop();
});

test('the contract file says it, and only if it is so', () => {
  expect(contractOf(Open).endpoints['Open@1']).toMatchObject({ unknownArgs: 'ignore' });
  expect(contractOf(Strict).endpoints['Strict@1']).not.toHaveProperty('unknownArgs');
});
