/** Hostile texts, and a contract with every keyword of contract files, in which each text can be replaced. */

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

/** A text for a place. */
export type PlacedText = readonly [place: TextPlace, text: string];

/** Returns a copy of a document with other texts at some places. Objects that lead to no place are shared. */
export function withTexts(document: object, texts: readonly PlacedText[]): object {
  const copy = (value: unknown, depth: number, placed: readonly PlacedText[]): unknown => {
    const own = placed.find(([{ path, isKey }]) => !isKey && path.length === depth);
    if (own !== undefined) return own[1];
    const below = placed.filter(([{ path, isKey }]) => path.length > depth || (!isKey && path.length === depth));
    if (below.length === 0 || typeof value !== 'object' || value === null) return value;
    const inner = (key: string | number, member: unknown) =>
      copy(
        member,
        depth + 1,
        below.filter(([{ path }]) => path[depth] === key),
      );
    if (Array.isArray(value)) return value.map((item, index) => inner(index, item));
    const keys = new Map(
      below.flatMap(([{ path, isKey }, text]) => (isKey && path.length === depth + 1 ? [[path[depth], text]] : [])),
    );
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [keys.get(key) ?? key, inner(key, member)]));
  };
  return copy(document, 0, texts) as object;
}
