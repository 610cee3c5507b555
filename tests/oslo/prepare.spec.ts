/** A client after `prepare`: given settings hold, omitted ones stay, `null` restores the default. */
import { MemoryTransport, RpcServer } from 'concord-rpc';
import { type PrepareCase, raised, titleOf } from './cases/cases';
import { SPLIT } from './cases/classification';
import { type Reason, sameFailure } from './cases/differences';
import { clientOfTarget, contractOfTarget, type Prepared, prepare, subjectOfTarget, TOPIC, watch } from './oslo-client';
import { codeOf } from './oslo-server';

const { matching, differing } = SPLIT.prepare;

/** oslo's default is 60 s: what is compared is that it is the default. */
const DEFAULT_TIMEOUT = 10_000;

const titled = (each: PrepareCase) =>
  titleOf(each, [each.target, ...each.prepare].map((step) => JSON.stringify(step)).join(', then '));

/** A target of the case, with a topic where the case is not about one. */
function withTopic<T extends object>({ target, prepare: steps }: PrepareCase, its: T) {
  return [target, ...steps].some((step) => 'topic' in step) ? its : { ...its, topic: TOPIC };
}

/** The client of a case before and after, on a broker with a server. */
function clients(observed: PrepareCase): { before: Prepared; after: Prepared } {
  const target = withTopic(observed, observed.target);
  const before = { client: clientOfTarget(new MemoryTransport(), target, ['a'], observed.client), fanout: false };
  return { before, after: observed.prepare.reduce(prepare, before) };
}

/** Everything that a client sends when its method is called, or cast to all if it is meant to be. */
async function sentBy(make: (transport: MemoryTransport) => Prepared, target: object) {
  const transport = new MemoryTransport();
  const { server } = target as { server?: string | null };
  const serving = contractOfTarget({ ...target, fanout: undefined }, ['a']);
  await new RpcServer(transport, { server: server ?? 's' })
    .register(serving, { m: async () => null, newest: async () => null })
    .start();
  const { client, fanout } = make(transport);
  const seen = watch(transport);
  await (fanout ? client.$fanout : client).m(1);
  return seen;
}

async function expectAsOslo(observed: PrepareCase) {
  const { expect: expected, target, prepare: steps, client: settings } = observed;
  if (raised(expected)) {
    expect(await codeOf(() => clients(observed))).toBe(sameFailure(expected.error));
    return;
  }
  const { before, after } = clients(observed);
  expect(after.client !== before.client).toBe(expected.new_object);
  expect(after.client.$canSend('newest')).toBe(expected.version_cap === null);

  const [own, effective] = [withTopic(observed, target), withTopic(observed, expected.target)];
  const begin = (transport: MemoryTransport) => ({ client: clientOfTarget(transport, own, ['a'], settings), fanout: false });
  const [sent, ...more] = await sentBy((transport) => steps.reduce(prepare, begin(transport)), effective);
  expect(more).toEqual([]);
  expect(sent!.subject).toBe(subjectOfTarget(effective));
  const { args, ttl, monitor, cast } = sent!.request;
  expect({ args, ttl, monitor, cast: cast === true }).toEqual({
    args: [1],
    ttl: after.fanout ? undefined : (expected.timeout ?? DEFAULT_TIMEOUT),
    monitor: expected.call_monitor_timeout ?? undefined,
    cast: after.fanout,
  });
  if (expected.sent !== undefined) expect(expected.sent.message.args).toEqual({ a: 1 });

  expect(expected.original_unchanged).toBe(true);
  const [unchanged] = await sentBy((transport) => {
    const original = begin(transport);
    steps.reduce(prepare, original);
    return original;
  }, own);
  expect(unchanged!.subject).toBe(subjectOfTarget(own));
}

/** `$with` refuses to change it; a client of a contract with what the case ends up with sends there. */
async function expectOfContract(observed: PrepareCase) {
  const { expect: expected, client } = observed;
  expect(await codeOf(() => clients(observed))).toBe('invalid_argument');
  if (raised(expected)) throw new Error(`${observed.id} has no target in the end`);
  const target = withTopic(observed, expected.target);
  const sent = () => sentBy((transport) => ({ client: clientOfTarget(transport, target, ['a'], client), fanout: false }), target);
  if (target.topic === null) expect(await codeOf(sent)).toBe('invalid_target');
  else expect((await sent()).map(({ subject }) => subject)).toEqual([subjectOfTarget(target)]);
}

/** Concord's behaviour in place of oslo.messaging's, by reason. */
const INSTEAD: Partial<Record<Reason, (observed: PrepareCase) => Promise<void>>> = {
  'target-by-contract': expectOfContract,
  'no-version': expectOfContract,
  'no-topic': async (observed) => {
    expect(await codeOf(() => clientOfTarget(new MemoryTransport(), observed.target, ['a']))).toBe('invalid_target');
  },
  'timeout-range': async (observed) => {
    expect(await codeOf(() => clients(observed))).toBe('invalid_argument');
  },
  retry: async (observed) => {
    expect(await codeOf(() => clients(observed))).toBe('invalid_argument');
    expect(await codeOf(() => clients({ ...observed, client: {} }))).toBe('invalid_argument');
  },
};

describe('as oslo.messaging', () => {
  test.each(matching.map((observed) => [titled(observed), observed] as const))('%s', (_, observed) => expectAsOslo(observed));

  test('the cap that a case unsets was one', () => {
    const capped = matching.filter(({ client }) => client.version_cap != null);
    expect(capped.map((each) => clients(each).before.client.$canSend('newest'))).toEqual([false]);
  });
});

describe('differs on purpose', () => {
  test.each(differing.map((each) => [`${titled(each.observed)}: ${each.reason}`, each] as const))(
    '%s',
    (_, { observed, reason }) => INSTEAD[reason]!(observed),
  );
});
