/** Messages of Neutron's agents and server against the interfaces on their topic: the same outcome as in oslo.messaging, and truer errors from an older server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, MemoryTransport, RpcServer } from 'concord-rpc';
import { collectingLogger } from '../fixtures/collecting-logger';
import { handMadeContract } from './hand-made-contract';

interface NeutronEndpoint {
  readonly namespace: string | null;
  readonly version: string;
  /** Arguments by method. */
  readonly methods: Readonly<Record<string, readonly string[]>>;
}

interface NeutronCase {
  readonly id: string;
  readonly client: string;
  readonly kind?: 'call' | 'cast' | 'call|cast';
  readonly endpoints_in_order: readonly string[];
  readonly message: {
    readonly method: string;
    readonly version: string;
    readonly namespace?: string;
    readonly args: Readonly<Record<string, unknown>>;
  };
  /** Interfaces that the server has at an older version. */
  readonly downgraded?: Readonly<Record<string, string>>;
  readonly expect: { readonly outcome?: 'success'; readonly endpoint?: string; readonly shared_null_namespace?: string };
}

interface NeutronCases {
  readonly endpoints: Readonly<Record<string, NeutronEndpoint>>;
  readonly cases: readonly NeutronCase[];
}

const { endpoints, cases }: NeutronCases = JSON.parse(readFileSync(join(__dirname, 'cases/neutron-cases.json'), 'utf8'));
const TARGET = { exchange: 'neutron', topic: 'cases' };

type Methods = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;

/** A server with the interfaces of a case, in their order, and a client whose one method is the message. */
async function scenario({ client: name, endpoints_in_order: order, message, downgraded = {} }: NeutronCase) {
  const transport = new MemoryTransport();
  const ran: string[] = [];
  const server = new RpcServer(transport, { server: 'controller', logger: collectingLogger() });
  for (const endpoint of order) {
    const { namespace, version, methods } = endpoints[endpoint]!;
    const named = Object.entries(methods).map(([method, args]) => ({ name: method, args: args.map(optional) }));
    const contract = handMadeContract({ ...TARGET, name: endpoint, namespace, version: downgraded[endpoint] ?? version }, named);
    server.register(contract, Object.fromEntries(Object.keys(methods).map((method) => [method, () => void ran.push(endpoint)])));
  }
  await server.start();
  const { method, version, namespace, args } = message;
  const caller = handMadeContract<Methods>({ ...TARGET, name, namespace, version }, [
    { name: method, since: version, args: Object.keys(args).map(optional) },
  ]);
  return { client: createClient(transport, caller), ran, args: Object.values(args), stop: () => server.stop() };
}

function optional(name: string) {
  return { name, optional: true };
}

const titled = (each: NeutronCase) =>
  [`${each.id}: ${each.client} sends ${each.message.method} at ${each.message.version}`, each] as const;

test('there are as many cases as were observed', () => {
  expect(cases).toHaveLength(51);
});

describe('as oslo.messaging: the same interface runs it', () => {
  test.each(cases.filter(({ expect: { outcome } }) => outcome === 'success').map(titled))('%s', async (_, observed) => {
    const { client, ran, args, stop } = await scenario(observed);
    const { method } = observed.message;
    if (observed.kind !== 'cast') await client[method as 'call']!(...args);
    if (observed.kind !== 'call') await client.$cast[method as 'call']!(...args);
    await stop(); // finishes what has arrived
    const times = observed.kind === 'call|cast' ? 2 : 1;
    expect(ran).toEqual(Array(times).fill(observed.expect.endpoint));
  });
});

describe('where a server is a version behind, oslo.messaging says NoSuchMethod as soon as an unrelated interface fits; here the versions are named', () => {
  test.each(cases.filter(({ downgraded }) => downgraded !== undefined).map(titled))('%s', async (_, observed) => {
    expect(observed.expect.shared_null_namespace).toBe('NoSuchMethod');
    const { client, ran, args, stop } = await scenario(observed);
    const { method, version } = observed.message;
    const [served] = Object.values(observed.downgraded!);
    const refusal = {
      code: 'unsupported_version',
      executed: 'no',
      message: `[unsupported_version] ${observed.client}.${method} needs ${version}; served: ${served} ×1`,
      data: { needs: version, served: [{ server: 'controller', version: served }] },
    };
    await expect(client[method as 'call']!(...args)).rejects.toMatchObject(refusal);
    await expect(client.$cast[method as 'call']!(...args)).rejects.toMatchObject(refusal);
    await expect(client.$to('controller')[method as 'call']!(...args)).rejects.toMatchObject(refusal);
    expect(ran).toEqual([]);
    await stop();
  });
});
