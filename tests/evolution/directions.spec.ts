/** Compares the rules of inputs and outputs with each other, and both with a slow and simple model. */
import type { ContractDocument } from '@concord-rpc/core';
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { diff, type Finding } from '@concord-rpc/evolution';
import fc from 'fast-check';
import { runs } from '../fixtures/random/runs';
import { changeOf } from './acceptance-model';

const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] });
const numbers = fc
  .tuple(
    fc.constantFrom('number', 'integer'),
    record<SchemaDocument>({
      minimum: fc.constantFrom(-4, 0, 1),
      maximum: fc.constantFrom(2, 4, 6),
      multipleOf: fc.constantFrom(1, 2, 3),
    }),
  )
  .map(([type, rest]): SchemaDocument => ({ type, ...rest }));
const texts = record<SchemaDocument>({ minLength: fc.constantFrom(0, 1), maxLength: fc.constantFrom(1, 2, 3) }).map(
  (rest): SchemaDocument => ({ type: 'string', ...rest }),
);
const others = fc.constantFrom<SchemaDocument>(
  { type: ['string', 'null'] },
  { type: ['integer', 'string'] },
  { type: 'boolean' },
  { type: 'null' },
  {},
);
const enums = fc
  .uniqueArray(fc.constantFrom<unknown>('a', 'b', 'ab'), { minLength: 1 })
  .map((values): SchemaDocument => ({ type: 'string', enum: values }));
const leaves = fc.oneof(numbers, texts, others, enums);
const lists = fc
  .tuple(leaves, record<SchemaDocument>({ minItems: fc.constantFrom(0, 1), maxItems: fc.constantFrom(1, 2) }))
  .map(([items, rest]): SchemaDocument => ({ type: 'array', items, ...rest }));
const objects = fc
  .tuple(leaves, leaves, fc.subarray(['x', 'y']))
  .map(([x, y, required]): SchemaDocument => ({ type: 'object', properties: { x, y }, required }));
const types = fc.oneof(leaves, lists, objects);
/** Pairs of types, mostly of the same sort: only then differences below the type set can be found. */
const pairs = fc.oneof(...[numbers, texts, enums, lists, objects, types].map((sort) => fc.tuple(sort, sort)));

const input = (schema: SchemaDocument): ContractDocument => ({
  contract: 1,
  endpoints: {
    'A@1': {
      version: '1.0',
      topic: 'a',
      methods: { put: { mode: 'call', args: [{ name: 'p', schema: { $ref: '#/types/P' } }] } },
    },
  },
  types: { P: schema },
});
const output = (schema: SchemaDocument): ContractDocument => ({
  contract: 1,
  endpoints: { 'A@1': { version: '1.0', topic: 'a', methods: { get: { mode: 'call', returns: { $ref: '#/types/P' } } } } },
  types: { P: schema },
});
const directed = (findings: readonly Finding[], prefix: string) => findings.filter(({ rule }) => rule.startsWith(prefix));
const without = (findings: readonly { rule: string; path: string }[]) =>
  findings.map(({ rule, path }) => `${rule.replace(/^(IN|OUT)_/, '')} ${path}`).sort();

/** Returns whether the model applies. If the type sets differ, nothing below them is compared, so the types must have no other keyword. */
const isSeenWhole = (findings: readonly { rule: string }[], ...schemas: readonly SchemaDocument[]) =>
  !findings.some(({ rule }) => /_TYPE_/.test(rule)) ||
  schemas.every((schema) => Object.keys(schema).every((key) => key === 'type'));

/** Returns whether neither value of a constraint includes the other. Each direction then assumes the breaking change. */
const isReadBadly = ({ rule, before, after }: { rule: string; before: unknown; after: unknown }) =>
  /CONSTRAINT/.test(rule) && before !== undefined && after !== undefined && /multipleOf/.test(JSON.stringify(before));

test('an input that loses values is a break, one that gains values needs a gate', () => {
  fc.assert(
    fc.property(pairs, ([before, after]) => {
      const { gained, lost } = changeOf(before, after);
      const { findings } = diff(input(before), input(after));
      fc.pre(isSeenWhole(findings, before, after));
      const severities = directed(findings, 'IN_').map(({ severity }) => severity);
      if (lost) expect(severities).toContain('error');
      const isOther = findings.some((each) => /^IN_(ENUM_VALUE_ADDED|TYPE_CHANGED)$/.test(each.rule) || isReadBadly(each));
      if (gained && !isOther) expect(findings.map(({ rule }) => rule)).toContain('WIDENED_UNGATED');
      if (gained) expect(severities.length).toBeGreaterThan(0);
    }),
    { numRuns: runs(2_000) },
  );
});

test('an output that gains values is a break, one that loses values is told', () => {
  fc.assert(
    fc.property(pairs, ([before, after]) => {
      const { gained, lost } = changeOf(before, after);
      const findings = directed(diff(output(before), output(after)).findings, 'OUT_');
      fc.pre(isSeenWhole(findings, before, after));
      if (gained) expect(findings.map(({ severity }) => severity)).toContain('error');
      if (lost) expect(findings.length).toBeGreaterThan(0);
    }),
    { numRuns: runs(2_000) },
  );
});

test('what an input shows an output shows too, under the other prefix', () => {
  fc.assert(
    fc.property(pairs, ([before, after]) => {
      const ins = directed(diff(input(before), input(after)).findings, 'IN_').filter((finding) => !isReadBadly(finding));
      const outs = directed(diff(output(before), output(after)).findings, 'OUT_').filter((finding) => !isReadBadly(finding));
      expect(without(ins)).toEqual(without(outs));
    }),
    { numRuns: runs(1_000) },
  );
});

const OPPOSITE: readonly (readonly [RegExp, string])[] = [
  [/NARROWED/, 'WIDENED'],
  [/WIDENED/, 'NARROWED'],
  [/TIGHTENED/, 'LOOSENED'],
  [/LOOSENED/, 'TIGHTENED'],
  [/MADE_REQUIRED/, 'MADE_OPTIONAL'],
  [/MADE_OPTIONAL/, 'MADE_REQUIRED'],
  [/REMOVED/, 'ADDED'],
  [/ADDED/, 'REMOVED'],
];
const opposite = (text: string) => {
  const [pattern, instead] = OPPOSITE.find(([each]) => each.test(text)) ?? [/$^/, ''];
  return text.replace(pattern, instead);
};

test('the way back shows the opposite', () => {
  fc.assert(
    fc.property(pairs, ([before, after]) => {
      for (const contract of [input, output]) {
        const prefix = contract === input ? 'IN_' : 'OUT_';
        const there = directed(diff(contract(before), contract(after)).findings, prefix).filter((each) => !isReadBadly(each));
        const back = directed(diff(contract(after), contract(before)).findings, prefix).filter((each) => !isReadBadly(each));
        expect(without(back)).toEqual(without(there).map(opposite).sort());
      }
    }),
    { numRuns: runs(1_000) },
  );
});
