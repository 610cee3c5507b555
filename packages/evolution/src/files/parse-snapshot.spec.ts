/** Reading and writing contract files: refused files with their positions, and one text for one contract. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractDocument } from '@concord-rpc/core';
import { locateIn } from '../source/source-text';
import { CONTRACT_SCHEMA } from './contract-schema';
import { parseSnapshot, UnreadableFile } from './parse-snapshot';
import { writeSnapshot } from './write-snapshot';

const router: ContractDocument = {
  contract: 1,
  endpoints: {
    'L3Plugin@1': {
      version: '1.2',
      topic: 'l3-plugin',
      methods: {
        sync: {
          mode: 'call',
          args: [
            { name: 'host', schema: { type: 'string', maxLength: 64 } },
            {
              schema: { type: 'boolean' },
              default: { enum: ['z', 'a'], args: [1] },
              name: 'full',
              since: '1.2',
              required: false,
            },
          ],
          returns: { type: 'array', items: { $ref: '#/types/Router' } },
          errors: { GONE: { retryable: false } },
        },
      },
    },
  },
  types: {
    Router: {
      type: 'object',
      required: ['id', 'default'],
      properties: { id: { enum: ['b', 'a'] }, default: { type: 'string' } },
    },
  },
  releases: { 'L3Plugin@1': { '1.0': 'sha256:6f' } },
};

function problemsOf(text: string): readonly string[] {
  try {
    parseSnapshot(text, 'c.json');
  } catch (error) {
    if (error instanceof UnreadableFile) return error.message.split('\n');
    throw error;
  }
  return [];
}

test.each<[string, string, string]>([
  ['nothing', '', 'c.json:1:1: not JSON: the file is empty'],
  ['a comma too many', '{\n  "contract": 1,\n}', 'c.json:3:1: not JSON: property name expected'],
  ['a comment', '{\n  // what\n  "contract": 1 }', 'c.json:2:3: not JSON: invalid comment token'],
  [
    'a key twice',
    '{\n "contract": 1,\n "endpoints": {},\n "endpoints": {}\n}',
    'c.json:4:2: the key "endpoints" appears twice in one object; keep one of them',
  ],
  ['no end of depth', `{\n "x": ${'['.repeat(100_000)}`, 'c.json:2:206: the value is nested more than 200 levels deep'],
  ['another format', '{\n "contract": 2,\n "endpoints": {} }', 'c.json:2:2: contract must be 1; it is 2'],
  ['no endpoints', '{ "contract": 1 }', 'c.json:1:1: the document lacks "endpoints"'],
  [
    'an endpoint without major',
    '{ "contract": 1,\n "endpoints": {\n "L3": { "version": "1.0", "topic": "t", "methods": {} } } }',
    'c.json:3:2: endpoints has the key "L3"; it must look like Name@1',
  ],
  [
    'an unknown key',
    '{ "contract": 1, "endpoints": {},\n "extra": true }',
    'c.json:2:2: the document has "extra", which is not a key of contract files',
  ],
  [
    'an unknown mode',
    '{ "contract": 1, "endpoints": { "A@1": { "version": "1.0", "topic": "t", "methods": { "m": {\n "mode": "calls" } } } } }',
    'c.json:2:2: endpoints/A@1/methods/m/mode must be one of any, call, cast, fanout, stream; it is "calls"',
  ],
  [
    'a mode under both of its keys',
    '{ "contract": 1, "endpoints": { "A@1": { "version": "1.0", "topic": "t", "methods": { "m": { "mode": "call",\n "kind": "call" } } } } }',
    'c.json:2:2: endpoints/A@1/methods/m has both "kind" and "mode"; remove "kind"',
  ],
])('a file with %s is refused with its line', (_what, text, problem) => {
  expect(problemsOf(text)).toEqual([problem]);
});

test('a file that was written with kind is read, and written with mode', () => {
  const text = writeSnapshot(router);
  const former = text.replace('"mode": "call"', '"kind": "call"');
  expect(former).not.toBe(text);
  expect(parseSnapshot(former, 'c.json')).toEqual(parseSnapshot(text, 'c.json'));
  expect(writeSnapshot(parseSnapshot(former, 'c.json'))).toBe(text);
});

test('a file that is written can be read, and is the same text whatever the order of keys was', () => {
  const text = writeSnapshot(router);
  const read = parseSnapshot(text, 'c.json');
  expect(writeSnapshot(read)).toBe(text);
  expect(writeSnapshot(reversed(router) as ContractDocument)).toBe(text);
  expect(text).toContain('\n            { "name": "host", "schema": { "maxLength": 64, "type": "string" } },\n');
  expect(text.endsWith('}\n')).toBe(true);
});

test('writing keeps the order of arguments and the data of users, and sorts sets', () => {
  const read = parseSnapshot(writeSnapshot(router), 'c.json');
  expect(read.endpoints['L3Plugin@1']!.methods['sync']!.args!.map(({ name }) => name)).toEqual(['host', 'full']);
  expect(read.endpoints['L3Plugin@1']!.methods['sync']!.args![1]!.default).toEqual({ enum: ['z', 'a'], args: [1] });
  expect(read.types!['Router']!.properties!['id']!.enum).toEqual(['a', 'b']);
});

test('the schema that the package carries is the published one', () => {
  const published = JSON.parse(readFileSync(join(__dirname, '../../../../docs/contract.schema.json'), 'utf8'));
  expect(CONTRACT_SCHEMA).toEqual(published);
});

test('paths of findings lead to lines', () => {
  const text = writeSnapshot(router);
  const locate = locateIn(text);
  const lineOf = (path: string) => text.split('\n')[locate(path)!.line - 1]!.trim();
  expect(lineOf('L3Plugin@1')).toBe('"L3Plugin@1": {');
  expect(lineOf('L3Plugin@1/sync/args/full')).toMatch(/^\{ "name": "full"/);
  expect(lineOf('types/Router.id=b')).toBe('"id": {');
  expect(lineOf('L3Plugin@1/sync/errors/GONE')).toBe('"GONE": {');
  expect(lineOf('L3Plugin@1#1.0')).toBe('"1.0": "sha256:6f"');
  expect(lineOf('L3Plugin@1/gone/args/x')).toBe('"L3Plugin@1": {');
  expect(locate('Absent@1')).toEqual({ line: 1, column: 1 });
});

function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
