/** `concord generate docs` and `concord generate asyncapi`: pages that tell everything, and documents that the parser of AsyncAPI takes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import type { ContractDocument } from '@concord-rpc/core';
import { asyncApiDocument, docsSource, joinContracts } from '@concord-rpc/evolution';
import { contractOf } from 'concord-rpc';
import { parse } from 'yaml';
import { Agents13 } from '../fixtures/contracts/agents';
import { Archive } from '../fixtures/contracts/archive';
import { DhcpPluginApi } from '../fixtures/contracts/dhcp-plugin-api';
import { Drawings } from '../fixtures/contracts/drawings';
import { Flavors12 } from '../fixtures/contracts/flavors';
import { ODD } from '../fixtures/contracts/odd-contract';
import { Ports13 } from '../fixtures/contracts/ports';
import { Values } from '../fixtures/contracts/values';
import { concordHere, ROOT } from './run-concord';

const EXAMPLE = 'examples/neutron-dhcp/contracts/concord.contract.json';
const FIXTURES = [Agents13, Archive, DhcpPluginApi, Drawings, Flavors12, Ports13, Values].map((type) => contractOf(type));

describe('asyncapi', () => {
  test('the parser has nothing to remark: an example, odd names and types, every kind of type, method and change', async () => {
    const example: ContractDocument = JSON.parse(readFileSync(join(ROOT, EXAMPLE), 'utf8'));
    const written = asyncApiDocument(ODD, joinContracts(FIXTURES), {
      ...example,
      endpoints: { 'DhcpAgentApi@1': example.endpoints['DhcpAgentApi@1']! },
    });
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(written));
    expect(diagnostics.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
    expect(document!.operations().length).toBeGreaterThan(20);
    expect(Object.keys(document!.components().schemas().all()).length).toBeGreaterThan(5);
  }, 60_000);

  test('a method is a channel with the minor as a parameter, and an operation with its reply', () => {
    const { channels, operations } = asyncApiDocument(contractOf(DhcpPluginApi)) as any;
    const id = 'DhcpPluginApi_1-getPorts';
    const address = 'rpc.neutron.q-plugin.any.dhcp.1.getPorts.{minor}';
    expect(channels[id]).toMatchObject({ address, parameters: { minor: { enum: ['1', '2', '3'], default: '1' } } });
    const byName = channels[id].messages.request.payload.properties.args.anyOf[1];
    expect(byName).toMatchObject({
      properties: { host: { type: 'string' }, filter: { $ref: '#/components/schemas/PortFilter' } },
      required: ['host'],
    });
    expect(operations[id]).toMatchObject({
      action: 'receive',
      channel: { $ref: `#/channels/${id}` },
      bindings: { nats: { queue: 'q-plugin' } },
      reply: {
        address: { location: expect.stringMatching(/^\$message\.header#\//) },
        channel: { $ref: `#/channels/${id}-reply` },
      },
    });
    expect(channels[`${id}-reply`]).toMatchObject({ address: null });
    const cast = 'DhcpPluginApi_1-releaseDhcpPort';
    expect([operations[cast].reply, channels[`${cast}-reply`]]).toEqual([undefined, undefined]);
    const declared = channels['DhcpPluginApi_1-updatePort-reply'].messages.reply.payload.properties.error;
    expect(declared.anyOf[0].properties).toMatchObject({ name: { const: 'PortNotFound' } });
  });

  test('minors above nine are one digit a token; streams reply with items; fanouts have no queue', () => {
    const late = { ...ODD, endpoints: { 'Odd-One@2': { ...ODD.endpoints['Odd-One@2']!, version: '2.11' } } };
    const { channels, operations } = asyncApiDocument(late) as any;
    expect(channels['Odd-One_2-watch'].parameters.minor.enum.slice(-3)).toEqual(['9', '1.0', '1.1']);
    expect(channels['Odd-One_2-watch-reply'].messages.reply.payload.properties).toHaveProperty('items');
    expect(channels['Odd-One_2-tell'].address).toMatch(/\.all\./);
    expect(operations['Odd-One_2-tell'].bindings).toBeUndefined();
  });

  test.each<[string[]]>([[['--format', 'yaml']], [[]]])('%j: the command prints the same document', async (format) => {
    const { code, out } = await concordHere(ROOT, ['generate', 'asyncapi', EXAMPLE, '--endpoint', 'DhcpAgentApi@1', ...format]);
    expect(code).toBe(0);
    expect(out.startsWith('{')).toBe(format.length === 0);
    expect(Object.keys(parse(out).channels)).toContain('DhcpAgentApi_1-port_create_end');
    expect(out).not.toContain('DhcpPluginApi');
  });
});

describe('docs', () => {
  test('every method, argument, field, error and version has its place', () => {
    const page = docsSource(contractOf(DhcpPluginApi));
    for (const line of [
      '# DhcpPluginApi@1',
      '| topic | `neutron/q-plugin` |',
      '### `getPorts`',
      'Mode any, since 1.1, idempotent.',
      '| `host` | `string` | yes |  |  |',
      '| `limit` | `number` |  | 1.2 |  |',
      'Result: `string[]`',
      '| `PortNotFound` | `PortNotFound` |  | no |',
      '### `PortFilter`',
      '### 1.3',
      '* field `macAddress` of `PortFilter` added',
      '### 1.2',
      '* argument `limit` of `getPorts` added',
      '### 1.1',
      '* method `getPorts` added',
    ])
      expect(page.split('\n')).toContain(line);
    expect(page.indexOf('### 1.3')).toBeLessThan(page.indexOf('### 1.2'));
  });

  test.each<[string, string, RegExp]>([
    ['a former name', 'Agents@1', /^\* method `\w+` renamed to `\w+`$/m],
    ['a value that came later', 'Flavors@1', /^\* argument `_?by` of `list`: value `age` added$/m],
    ['an argument that had to be there', 'Flavors@1', /^\* argument `_?limit` of `list`: no longer required$/m],
    ['limits', 'Flavors@1', /^\| `_?limit` \| `number, maximum 500` \|/m],
    ['a part that is left out for older servers', 'Flavors@1', /left out for older servers/],
  ])('it tells of %s', (_what, key, line) => {
    const all = joinContracts(FIXTURES);
    expect(docsSource({ ...all, endpoints: { [key]: all.endpoints[key]! } })).toMatch(line);
  });

  test('as of a version there is nothing younger in it', async () => {
    const run = (...more: string[]) =>
      concordHere(ROOT, ['generate', 'docs', EXAMPLE, '--endpoint', 'DhcpAgentApi@1', ...more]).then(({ out }) => out);
    expect(await run()).toContain('### 1.1');
    expect(await run('--as-of', '1.0')).not.toMatch(/1\.1 \|$|### 1\.1/m);
  });

  test('foreign text is text: no HTML, no links, no cells, no lines', () => {
    const evil = 'a|b <script>x</script> [l](javascript:x) `c|d` \u001b[31m\n# head';
    const { endpoints } = ODD;
    const [key, endpoint] = Object.entries(endpoints)[0]!;
    const page = docsSource({
      ...ODD,
      endpoints: { [key]: { ...endpoint, description: evil, methods: { m: { mode: 'call', description: evil } } } },
    });
    expect(page).not.toMatch(/[^\\]<script>|[^\\]\[l\]|^# head/m);
    expect(page).not.toContain('\u001b');
    expect(page).toContain('a\\|b \\<script\\>');
  });
});

test.each<[string, string[], number, RegExp]>([
  ['a target that is near another', ['asyncap'], 2, /Did you mean asyncapi\?/],
  ['an endpoint that is near another', ['docs', EXAMPLE, '--endpoint', 'DhcpAgntApi@1'], 2, /Did you mean DhcpAgentApi@1\?/],
  ['a version without an endpoint', ['docs', EXAMPLE, '--as-of', '1.0'], 2, /--as-of 1\.0 needs an endpoint/],
  ['a contract said twice', ['docs', EXAMPLE, '--from', EXAMPLE], 2, /the contract is named twice/],
])('%s is exit code %s', async (_what, args, code, message) => {
  const ended = await concordHere(ROOT, ['generate', ...args]);
  expect(ended.err).toMatch(message);
  expect([ended.code, ended.out]).toEqual([code, '']);
});
