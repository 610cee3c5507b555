/** The version cap of a client: what is sent, as what version, and what is refused before anything is. */
import { createClient, MemoryTransport, RpcServer, servesVersion } from 'concord-rpc';
import { type CapCase, raised, titleOf, UNSET } from './cases/cases';
import { SPLIT } from './cases/classification';
import { type Reason, sameFailure } from './cases/differences';
import { handMadeContract } from './hand-made-contract';
import { codeOf } from './oslo-server';

interface Foo {
  foo(): Promise<null>;
}

const { matching, differing } = SPLIT.version_cap;

const titled = (each: CapCase) => {
  const versions = [each.target_version, ...each.prepare.map(({ version }) => version)].map((version) => JSON.stringify(version));
  return titleOf(each, `${versions.join(', then ')} under cap ${JSON.stringify(each.cap)}`);
};

/** The version that the client of a case wants to send; if `prepare` raised, the version that `prepare` received. */
function wanted({ expect: { effective }, prepare }: CapCase): string | undefined {
  return (effective === undefined ? prepare.at(-1)!.version : effective.version) ?? undefined;
}

/** A client with the cap of a case, whose one method came with the version that the case ends up with; and every subject sent. */
async function cappedClient(observed: CapCase) {
  const version = wanted(observed);
  const contract = handMadeContract<Foo>({ exchange: 'oslo', topic: 'cases', name: 'Capped', version }, [
    { name: 'foo', since: version },
  ]);
  const transport = new MemoryTransport();
  const sent: string[] = [];
  const client = createClient(transport, contract, observed.cap === UNSET ? {} : { versionCap: observed.cap });
  await new RpcServer(transport).register(contract, { foo: async () => null }).start();
  transport.subscribe('rpc.>', { deliver: ({ subject }) => sent.push(subject) });
  return { client, sent };
}

type Capped = Awaited<ReturnType<typeof cappedClient>>;

async function expectSent({ client, sent }: Capped, version: string) {
  expect(client.$canSend('foo')).toBe(true);
  await client.foo();
  await client.$cast.foo();
  const [major, minor] = version.split('.') as [string, string];
  const subject = `rpc.oslo.cases.any._.${major}.foo.${[...minor].join('.')}`;
  expect(sent).toEqual([subject, subject]);
}

async function expectCapped({ client, sent }: Capped) {
  expect(client.$canSend('foo')).toBe(false);
  await expect(client.foo()).rejects.toMatchObject({ code: sameFailure('RPCVersionCapError'), executed: 'no' });
  await expect(client.$cast.foo()).rejects.toMatchObject({ code: sameFailure('RPCVersionCapError'), executed: 'no' });
  expect(sent).toEqual([]);
}

async function expectAsOslo(observed: CapCase) {
  const { call, cast, can_send_version } = observed.expect;
  expect(cast).toEqual(call);
  const capped = await cappedClient(observed);
  if (raised(call)) {
    expect([call.error, can_send_version]).toEqual(['RPCVersionCapError', false]);
    await expectCapped(capped);
  } else {
    expect(can_send_version).toBe(true);
    await expectSent(capped, call!.message_version);
  }
}

async function expectRefusedAtConstruction(observed: CapCase) {
  expect(await codeOf(() => cappedClient(observed))).toBe('invalid_version');
}

/** Concord's behaviour in place of oslo.messaging's, by reason. */
const INSTEAD: Partial<Record<Reason, (observed: CapCase) => Promise<void>>> = {
  'malformed-version': expectRefusedAtConstruction,
  'lenient-parsing': expectRefusedAtConstruction,
  revision: expectRefusedAtConstruction,
  'no-version': async (observed) => {
    const capped = await cappedClient(observed);
    expect(await codeOf(() => capped.client.$with({ version: null } as object))).toBe('invalid_argument');
    const cap = observed.expect.effective!.version_cap;
    await (cap === null || servesVersion(cap, '1.0') ? expectSent(capped, '1.0') : expectCapped(capped));
  },
  'can-send-by-call': async (observed) => {
    const { client } = await cappedClient(observed);
    expect(await codeOf(() => client.$canSend(observed.can_send_arg as 'foo'))).toBe('invalid_argument');
    await expectAsOslo(observed);
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
