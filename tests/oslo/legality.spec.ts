/** Targets that may be called, cast to and listened on, and the outcome of a call that the transport cannot send. */
import { contractOf, type ErrorCode, MemoryTransport, RpcError, RpcServer, type RpcServerOptions } from 'concord-rpc';
import { type LegalityCase, type OsloTarget, raised, titleOf } from './cases/cases';
import { SPLIT } from './cases/classification';
import { type Reason, sameFailure } from './cases/differences';
import { clientOfTarget, contractOfTarget, prepare, subjectOfTarget, watch } from './oslo-client';
import { codeOf } from './oslo-server';

const { matching, differing } = SPLIT.legality;

const titled = ({ id, note, kind, target, prepare: over = {}, args = {}, driver_raises: raises }: LegalityCase) =>
  titleOf({ id, note }, [kind, raises ?? JSON.stringify({ ...target, ...over, args })].join(' '));

/** A transport that fails to send requests. */
class RaisingTransport extends MemoryTransport {
  constructor(private readonly raises: Error) {
    super();
  }
  override publish(): void {
    throw this.raises;
  }
}

/** The exception of a case's driver. An undeliverable message is `not_connected` from a transport here. */
function exceptionOf(name: string): Error {
  return name === 'MessageDeliveryFailure' ? new RpcError('not_connected', 'x') : new Error(name);
}

/** A server of what a case calls, and its client. */
async function talk(observed: LegalityCase) {
  const { target = { topic: 't' }, prepare: over, args = {}, driver_raises: raises } = observed;
  const names = Object.keys(args);
  const transport = raises === undefined ? new MemoryTransport() : new RaisingTransport(exceptionOf(raises));
  const before = { client: clientOfTarget(transport, target, names), fanout: false };
  const { client, fanout } = over === undefined ? before : prepare(before, over);
  const received: unknown[][] = [];
  const m = async (...given: unknown[]) => {
    received.push(given);
    return 'reply';
  };
  const serving = contractOfTarget({ ...target, fanout: undefined }, names);
  await new RpcServer(transport, { server: target.server ?? 's' }).register(serving, { m, newest: async () => null }).start();
  const seen = watch(transport);
  const send = observed.kind === 'call' ? client.m : fanout ? client.$fanout.m : client.$cast.m;
  return { send: () => send(...Object.values(args)), seen, received, effective: { ...target, fanout } };
}

async function expectAsOslo(observed: LegalityCase) {
  const { expect: expected } = observed;
  if ('listening' in expected) return expectListening(observed.target!);
  const { send, seen, effective } = await talk(observed);
  if (raised(expected)) {
    await expect(send()).rejects.toMatchObject({ code: sameFailure(expected.error), executed: 'no' });
    expect(seen).toEqual([]);
    return;
  }
  expect(await send()).toBe(expected.returns ?? undefined);
  const { namespace, version, args } = expected.message;
  expect(seen.map(({ subject }) => subject)).toEqual([
    subjectOfTarget({ ...effective, namespace: namespace as string | undefined, version: version as string | undefined }),
  ]);
  expect(seen[0]!.request).toMatchObject({ args: Object.values(args!) });
  expect(seen[0]!.request.cast === true).toBe(!expected.wait_for_reply);
}

async function expectListening(target: OsloTarget) {
  const transport = new MemoryTransport();
  const server = new RpcServer(transport, { server: target.server! });
  await server.register(contractOfTarget(target, []), { m: async () => 'reply', newest: async () => null }).start();
  expect(server.name).toBe(target.server);
  expect(await clientOfTarget(transport, target, []).m()).toBe('reply');
}

const refusedClient = (code: ErrorCode) => async (observed: LegalityCase) => {
  expect(await codeOf(() => clientOfTarget(new MemoryTransport(), observed.target!, []))).toBe(code);
};

/** Concord's behaviour in place of oslo.messaging's, by reason. */
const INSTEAD: Partial<Record<Reason, (observed: LegalityCase) => Promise<void>>> = {
  'no-topic': refusedClient('invalid_target'),
  'empty-text': refusedClient('invalid_target'),
  'fanout-flag': refusedClient('invalid_contract'),
  'target-by-contract': async (observed) => {
    expect(await codeOf(() => talk(observed))).toBe('invalid_argument');
  },
  'argument-names': async (observed) => {
    const { send, received } = await talk(observed);
    const { endpoints } = contractOf(contractOfTarget(observed.target!, Object.keys(observed.args!)));
    expect(endpoints).toMatchObject({
      'Cases@1': { methods: { m: { args: Object.keys(observed.args!).map((name) => ({ name })) } } },
    });
    await send();
    expect(received).toEqual([[1]]);
  },
  'driver-error': async (observed) => {
    const { send } = await talk(observed);
    await expect(send()).rejects.toMatchObject({
      code: 'internal',
      executed: 'maybe',
      retryable: false,
      cause: exceptionOf(observed.driver_raises!),
    });
  },
  executor: async ({ executor }) => {
    const transport = new MemoryTransport();
    // @ts-expect-error no such setting
    const options: RpcServerOptions = { executor };
    const server = new RpcServer(transport, options).register(contractOfTarget({ topic: 't' }, []), {
      m: async () => 'reply',
      newest: async () => null,
    });
    await server.start();
    expect(await clientOfTarget(transport, { topic: 't' }, []).m()).toBe('reply');
  },
};

describe('as oslo.messaging', () => {
  test.each(matching.map((observed) => [titled(observed), observed] as const))('%s', (_, observed) => expectAsOslo(observed));
});

describe('differs on purpose', () => {
  test.each(differing.map((each) => [`${titled(each.observed)}: ${each.reason}`, each] as const))(
    '%s',
    (_, { observed, reason }) => INSTEAD[reason]!(observed),
  );
});
