/** Time-outs that grow while calls run into them, as Neutron's BackingOffClient lets them grow. */
import { performance } from 'node:perf_hooks';
import { jsonCodec, subjects, toBytes } from '@concord-rpc/core/wire';
import { createClient, isRpcError, MemoryTransport, RpcError, type Transport } from 'concord-rpc';
import { type BackoffCase, CASES, titleOf } from './cases/cases';
import { SPLIT } from './cases/classification';
import { sameFailure } from './cases/differences';
import { handMadeContract } from './hand-made-contract';

interface Foo {
  foo(): Promise<null>;
}

const SECOND = 1_000;

const titled = (each: BackoffCase) =>
  titleOf(each, `from ${each.rpc_response_timeout} s up to ${each.rpc_response_max_timeout} s`);

/** Fails each message as its step says: when it is sent, or, for an unanswered call, with the error that the client raises at the deadline. */
function failing(transport: MemoryTransport, { expect: steps }: BackoffCase): { transport: Transport; timeouts: number[] } {
  const timeouts: number[] = [];
  const publish = (subject: string, data: Uint8Array, reply?: string) => {
    if (subjects.parseSubject(subject)?.method !== 'foo') return transport.publish(subject, data, reply);
    const { ttl, nonce } = jsonCodec.decodeRequest(data);
    const { fail } = steps[timeouts.push(ttl!) - 1]!.step;
    if (fail === 'delivery') throw new RpcError('not_connected', 'as told');
    const error = new RpcError('deadline_exceeded', 'as told', { data: { kind: 'deadline' } });
    return transport.publish(reply!, toBytes(jsonCodec.encodeError(error.toWire(), nonce)));
  };
  return { transport: Object.create(transport, { publish: { value: publish } }), timeouts };
}

async function run(observed: BackoffCase) {
  const contract = handMadeContract<Foo>({ exchange: 'oslo', topic: 'cases', name: 'BackingOff' }, [{ name: 'foo' }]);
  const { transport, timeouts } = failing(new MemoryTransport(), observed);
  const client = createClient(transport, contract, {
    timeout: observed.rpc_response_timeout * SECOND,
    retry: { timeoutBackoff: { longest: observed.rpc_response_max_timeout * SECOND } },
  });
  const codes: unknown[] = [];
  for (const _step of observed.expect) {
    await client.foo().catch((error) => codes.push(isRpcError(error) ? error.code : error));
  }
  return { timeouts, codes };
}

test.each(CASES.neutron_backoff.map((each) => [titled(each), each] as const))('%s', async (_title, observed) => {
  const { timeouts, codes } = await run(observed);
  expect(timeouts).toEqual(observed.expect.map(({ timeout_used }) => timeout_used * SECOND));
  expect(codes).toEqual(observed.expect.map(({ result }) => sameFailure(result.error)));
});

test.each(SPLIT.neutron_backoff.differing.map(({ observed, reason }) => [titled(observed), reason, observed] as const))(
  '%s: differs by %s',
  async (_title, _reason, observed) => {
    const begin = performance.now();
    await run(observed);
    expect(performance.now() - begin).toBeLessThan(250); // nothing was slept
  },
);
