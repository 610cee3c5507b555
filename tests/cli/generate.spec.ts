/** `concord generate client`, also under its former name: what it writes compiles by itself, says the same contract, and talks to servers. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractDocument } from '@concord-rpc/core';
import { clientSource, contractAt, diff, releaseHash, writeSnapshot } from '@concord-rpc/evolution';
import { contractOf, isRpcError, MemoryTransport, RpcServer } from 'concord-rpc';
import { DhcpPluginApi as ExampleApi } from '../../examples/neutron-dhcp/src/contracts/dhcp-plugin-api';
import { Agents13 } from '../fixtures/contracts/agents';
import { Archive } from '../fixtures/contracts/archive';
import { DhcpPluginApi, dhcpServer } from '../fixtures/contracts/dhcp-plugin-api';
import { Drawings } from '../fixtures/contracts/drawings';
import { Flavors12 } from '../fixtures/contracts/flavors';
import { ODD } from '../fixtures/contracts/odd-contract';
import { Ports13 } from '../fixtures/contracts/ports';
import { Values } from '../fixtures/contracts/values';
import { makeFolder, ROOT } from './run-concord';

/** Types that decorators cannot say are taken as they come. */
const UNSAYABLE: Readonly<Record<string, readonly string[]>> = {
  'Odd-One@2': [],
};

const CASES: [string, ContractDocument, string, string | undefined][] = [
  ['a contract with defaults of every sort', contractOf(DhcpPluginApi), 'DhcpPluginApi@1', undefined],
  ['the same, as of its first version', contractOf(DhcpPluginApi), 'DhcpPluginApi@1', '1.0'],
  ['an example', contractOf(ExampleApi), 'DhcpPluginApi@1', undefined],
  ['an example, as of a release', contractOf(ExampleApi), 'DhcpPluginApi@1', '1.5'],
  ['names and types that are hard to write', ODD, 'Odd-One@2', undefined],
  ['methods that were renamed', contractOf(Agents13), 'Agents@1', undefined],
  ['methods that were renamed, as of a former name', contractOf(Agents13), 'Agents@1', '1.2'],
  ['values and limits that changed', contractOf(Flavors12), 'Flavors@1', undefined],
  ['values and limits that changed, as of before', contractOf(Flavors12), 'Flavors@1', '1.1'],
  ['dates and bytes', contractOf(Archive), 'Archive@1', undefined],
  ['fields that can be left out', contractOf(Ports13), 'Ports@1', undefined],
  ['unions of classes', contractOf(Drawings), 'Drawings@1', undefined],
  ['unions of classes, as of before', contractOf(Drawings), 'Drawings@1', '1.0'],
  ['null, enums and dictionaries', contractOf(Values), 'Values@1', undefined],
  ['null, enums and dictionaries, as of before', contractOf(Values), 'Values@1', '1.0'],
];

const folder = makeFolder();
const fileOf = (index: number) => join(folder.path, `client-${index}.ts`);
beforeAll(() => {
  for (const [index, [, snapshot, key, asOf]] of CASES.entries()) {
    folder.write({ [`contract-${index}.json`]: writeSnapshot(snapshot) });
    const version = asOf === undefined ? [] : ['--as-of', asOf];
    const args = [
      'contract',
      'generate',
      'client',
      `contract-${index}.json`,
      '--endpoint',
      key,
      ...version,
      '--output',
      `client-${index}.ts`,
    ];
    expect(folder.concord(...args)).toEqual({ code: 0, out: '', err: '' });
  }
  folder.write({
    'caller.ts': `import { MemoryTransport } from 'concord-rpc';
import { createDhcpPluginApiClient, PortFilter, PortNotFound } from './client-0';

export async function call(): Promise<string[]> {
  const client = createDhcpPluginApiClient(new MemoryTransport());
  const filter: PortFilter = { networkId: 'n', macAddress: 'm' };
  await client.updatePort('p').catch((error: unknown) => error instanceof PortNotFound && error.portId);
  // @ts-expect-error: there is no such method
  await client.getPort('h');
  // @ts-expect-error: a host is a text
  await client.getPorts(1);
  return client.getPorts('h', filter, 1);
}
`,
  });
});
afterAll(() => folder.remove());

test('every client, and a caller of one, compiles with tsc --strict and nothing else', () => {
  const files = [...CASES.map((_, index) => fileOf(index)), join(folder.path, 'caller.ts')];
  const options = [
    '--strict',
    '--noEmit',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--types',
    'node',
    '--pretty',
    'false',
    '--ignoreConfig',
  ];
  const { stdout, status } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, ...files], {
    cwd: folder.path,
    encoding: 'utf8',
  });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
}, 60_000);

test.each(CASES.map((each, index) => [...each, index] as const))(
  '%s: it states the contract that it was made of',
  (_what, snapshot, key, asOf, index) => {
    const version = (asOf ?? snapshot.endpoints[key]!.version).split('.').map(Number);
    const wanted = contractAt(snapshot, key, { major: version[0]!, minor: version[1]! })!;
    const name = key.slice(0, key.indexOf('@')).replaceAll('-', '_');
    const stated = contractOf(require(fileOf(index))[name]);
    const { findings } = diff(wanted, stated);
    const errors = findings.filter(({ rule }) => !/_WIDENED$|^WIDENED_|^MINOR_/.test(rule));
    expect(errors.map(({ rule, path }) => `${rule} ${path}`)).toEqual(UNSAYABLE[key] ?? []);
    if (UNSAYABLE[key] !== undefined) return;
    expect(findings).toEqual([]);
    for (let minor = 0; minor <= version[1]!; minor++) {
      const then = `${version[0]}.${minor}`;
      expect([then, releaseHash(stated, key, then)]).toEqual([then, releaseHash(wanted, key, then)]);
    }
    expect(JSON.stringify(stated).match(/droppable":true/g)).toEqual(JSON.stringify(wanted).match(/droppable":true/g));
  },
);

test('it calls a server, asks for the version that the arguments need, and gets declared errors as classes', async () => {
  const generated = require(fileOf(0));
  const transport = new MemoryTransport();
  const server = dhcpServer(transport);
  await server.start();
  const client = generated.createDhcpPluginApiClient(transport);
  expect(await client.getPorts('node-1', { networkId: 'n', macAddress: 'fa:16' }, 2)).toEqual(['node-1', 'fa:16', '2']);
  await expect(client.updatePort('port-2')).rejects.toBeInstanceOf(generated.PortNotFound);
  await expect(client.updatePort('port-2')).rejects.toMatchObject({ portId: 'port-2' });
  await server.stop();

  const old = new RpcServer(transport).register(require(fileOf(1)).DhcpPluginApi, {
    updatePort: () => undefined,
    releaseDhcpPort: () => undefined,
  } as never);
  await old.start();
  await client.updatePort('port-1');
  const refused = await client.getPorts('node-1').catch((error: unknown) => error);
  expect(isRpcError(refused) && refused.code).toMatch(/^(no_such_method|unsupported_version)$/);
  await old.stop();
});

test('as of a version there is nothing younger in it', () => {
  const text = readFileSync(fileOf(1), 'utf8');
  expect(text).toMatch(/^\/\*\* A client of DhcpPluginApi@1 1\.0\./);
  expect(text).not.toContain('getPorts');
});

test.each<[string, string[], RegExp]>([
  ['no endpoint', ['contract-0.json'], /required option '--endpoint <KEY>' not specified/],
  ['an endpoint that is not there', ['contract-0.json', '--endpoint', 'DhcpPlugnApi@1'], /Did you mean DhcpPluginApi@1\?/],
  [
    'a version that is not there',
    ['contract-0.json', '--endpoint', 'DhcpPluginApi@1', '--as-of', '1.9'],
    /no version 1\.9; the contract is at 1\.3/,
  ],
  [
    'a contract said twice',
    ['contract-0.json', '--from', 'contract-1.json', '--endpoint', 'DhcpPluginApi@1'],
    /the contract is named twice: .*\n {2}name it once/,
  ],
])('%s is exit code 2', (_what, args, message) => {
  const { code, out, err } = folder.concord('contract', 'generate', 'client', ...args);
  expect(err).toMatch(message);
  expect({ code, out }).toEqual({ code: 2, out: '' });
});

test('an endpoint that the contract lacks has no source', () => {
  expect(clientSource(ODD, { key: 'Nothing@1' })).toBeUndefined();
});
