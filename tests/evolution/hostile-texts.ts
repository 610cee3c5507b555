/** Hostile texts, and a contract with every keyword of contract files, in which each text can be replaced. */
import type { ContractDocument } from '@concord-rpc/core';

/** Texts that do something in source code, terminals, logs of CI systems, XML, Markdown or objects if they are not data there. */
export const HOSTILE: readonly string[] = [
  "'+globalThis.canary()+'",
  '"+globalThis.canary()+"',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: text that a template literal would run
  '${globalThis.canary()}',
  '`+globalThis.canary()+`',
  '*/globalThis.canary();/*',
  "\\'+globalThis.canary()+'",
  "'}); globalThis.canary(); ({ x: '",
  'x\nglobalThis.canary();\n//',
  'x\r\nglobalThis.canary();//',
  'x\u2028globalThis.canary();//',
  '@ts-nocheck */ globalThis.canary(); /*',
  'x\n::error file=x::forged\n::stop-commands::x',
  '##[error]forged ##vso[task.setvariable variable=x]y',
  '\u001b[2J\u001b]0;title\u0007\u009b31m\u0000\b',
  '\u202eforged\u2066\u200b\ufeff',
  '</failure><testcase name="forged"/>]]>&x;\ufffe',
  '| a | <img src=x onerror=y> ![a](http://evil.example/x) [b](//x) @org/team #1 www.evil.example',
  '` | \\| <b>forged</b> `` \\` |',
  '\ud800 lone',
  '__proto__',
  'constructor',
  'class',
  'await',
  'concord',
  'Error',
  'x'.repeat(5_000),
  '../../../../etc/passwd',
  'a.b *.> c',
];

const S = { type: 'string' };
const deprecated = { since: '1.1', removeIn: '2.0', use: 'other', why: 'old' };

/** A type with every keyword of schemas that a type of this kind can have. */
const FIELDS = {
  text: { ...S, title: 'Text', description: 'a text', minLength: 1, maxLength: 9, pattern: '^a', format: 'uuid', default: 'a' },
  number: { type: 'number', minimum: 1, maximum: 9, exclusiveMinimum: 0, exclusiveMaximum: 10, multipleOf: 1, deprecated },
  list: { type: 'array', items: S, minItems: 1, maxItems: 3, uniqueItems: true },
  map: { type: 'object', additionalProperties: S, minProperties: 1, maxProperties: 3 },
  state: {
    enum: ['up', 'down'],
    'x-enum-since': { down: { Sample: '1.1' } },
    'x-enum-fallback': { down: 'up' },
    'x-open': true,
  },
  kind: { const: 'one' },
  when: { 'x-codec': 'timestamp', 'x-ts': 'Date' },
  late: { ...S, 'x-since': '1.1', 'x-droppable': true, 'x-was': [{ before: '1.1', required: true, schema: S }] },
  some: { anyOf: [S, { $ref: '#/types/Other' }], 'x-discriminator': 'kind' },
  odd: { ...S, 'x-validators': [{ name: 'isOdd', constraints: ['a'] }] },
};

/** The contract. */
export const SAMPLE = {
  contract: 1,
  $schema: 'https://example.org/contract.schema.json',
  generator: { concord: '1.0.0', typescript: '5.9.2', source: 'merged' },
  endpoints: {
    'Sample@1': {
      version: '1.2',
      exchange: 'default',
      topic: 'sample',
      namespace: 'ns',
      codec: 'json',
      stability: 'stable',
      unknownArgs: 'reject',
      unknownArgsWas: [{ before: '1.1', unknownArgs: 'ignore' }],
      description: 'Serves samples.',
      methods: {
        get: {
          since: '1.1',
          mode: 'call',
          modeWas: [{ before: '1.1', mode: 'cast' }],
          description: 'Returns a sample.',
          args: [
            { name: 'id', schema: S },
            { name: 'filter', required: false, schema: { $ref: '#/types/Filter' } },
            {
              name: 'more',
              since: '1.2',
              required: false,
              default: 'none',
              schema: { ...S, maxLength: 5 },
              aliases: ['further'],
              droppable: true,
              deprecated,
              was: [{ before: '1.2', required: true, schema: S }],
            },
          ],
          returns: { $ref: '#/types/Other' },
          returnsWas: [{ before: '1.1', schema: null }],
          errors: { Gone: { since: '1.1', retryable: true }, Busy: { data: { $ref: '#/types/Other' } } },
          idempotent: true,
          idempotencyWindowMs: 1000,
          timeoutMs: 500,
          aliases: ['fetch'],
          aliasSince: { fetch: '1.0' },
          deprecated,
        },
        watch: { mode: 'stream', returns: S },
      },
    },
  },
  types: {
    Filter: { type: 'object', properties: FIELDS, required: ['text'], additionalProperties: false },
    Other: { type: 'object', properties: { label: S } },
  },
  releases: { 'Sample@1': { '1.0': 'sha256:00' } },
} satisfies object;

/** The place of a text in a document: the keys that lead to it. `isKey`: the last key itself is the text. */
export interface TextPlace {
  readonly path: readonly (string | number)[];
  readonly isKey: boolean;
}

/** Returns the place of every text in a document: texts, and keys. */
export function textPlaces(value: unknown, path: TextPlace['path'] = []): readonly TextPlace[] {
  if (typeof value === 'string') return [{ path, isKey: false }];
  if (typeof value !== 'object' || value === null) return [];
  const members: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return members.flatMap(([key, member]) => [
    ...(typeof key === 'string' ? [{ path: [...path, key], isKey: true }] : []),
    ...textPlaces(member, [...path, key]),
  ]);
}

/** Returns a copy of a document with another text at some places. */
export function withTexts(document: object, places: readonly TextPlace[], text: string): ContractDocument {
  const isPlace = (path: TextPlace['path'], isKey: boolean) => wanted.has(JSON.stringify([path, isKey]));
  const wanted = new Set(places.map(({ path, isKey }) => JSON.stringify([path, isKey])));
  const copy = (value: unknown, path: TextPlace['path']): unknown => {
    if (typeof value === 'string') return isPlace(path, false) ? text : value;
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, index]));
    const entries = Object.entries(value).map(([key, member]) => {
      const inner = [...path, key];
      return [isPlace(inner, true) ? text : key, copy(member, inner)] as const;
    });
    return Object.fromEntries(entries);
  };
  return copy(document, []) as ContractDocument;
}
