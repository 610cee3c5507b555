/** Random contracts with late fields, late values and widened limits, and values that fit them. */

import type { Class } from '@concord-rpc/core';
import type { ArgContract, Contract, DtoContract, FieldContract, MethodContract, TypeRef } from '@concord-rpc/core/engine';
import fc from 'fast-check';

/** The minor of the contracts. */
export const NEWEST = 8;

const minor = fc.integer({ min: 1, max: NEWEST });
const ascending = fc.uniqueArray(minor, { minLength: 2, maxLength: 2 }).map((two) => two.sort((a, b) => a - b));

type FieldKind = Pick<FieldContract, 'type' | 'keywords' | 'lateValues' | 'was' | 'requiredBefore'>;

const text: fc.Arbitrary<FieldKind> = fc.constant({ type: { kind: 'string' }, keywords: { type: 'string' } });

/** A list of values that grew twice; each stands in for the next. */
const listed: fc.Arbitrary<FieldKind> = ascending.map(([first, second]) => ({
  type: { kind: 'string' },
  keywords: { enum: ['a', 'b', 'c'] },
  lateValues: [
    { value: 'c', since: second!, fallback: 'b' },
    { value: 'b', since: first!, fallback: 'a' },
  ],
}));

/** A number whose limit was raised twice. */
const limited: fc.Arbitrary<FieldKind> = ascending.map(([first, second]) => ({
  type: { kind: 'number' },
  keywords: { type: 'number', maximum: 100 },
  was: [
    { before: second!, limits: { maximum: 50 } },
    { before: first!, limits: { maximum: 10 } },
  ],
}));

/** A list of values from such a list, of which there may be more by now. */
const listedItems: fc.Arbitrary<FieldKind> = fc.tuple(listed, minor).map(([{ keywords, lateValues }, before]) => ({
  type: { kind: 'array', items: { kind: 'string' } },
  keywords: { type: 'array', items: keywords },
  lateValues,
  was: [{ before, limits: { maxItems: 1 } }],
}));

/** Names that were required in an earlier version. */
const onceRequired = <T extends FieldKind>(kind: fc.Arbitrary<T>): fc.Arbitrary<FieldKind> =>
  fc.oneof(
    { weight: 2, arbitrary: kind },
    { weight: 1, arbitrary: fc.tuple(kind, minor).map(([own, requiredBefore]) => ({ ...own, requiredBefore })) },
  );

/** A method that takes and returns a random DTO class, its contract, and a value of that class. */
export const contractsWithValues = fc.integer({ min: 1, max: 4 }).chain((count) => {
  const classes = Array.from({ length: count }, (_, index) => ({ [`D${index}`]: class {} })[`D${index}`] as Class);
  const nested = fc.constantFrom(...classes).chain((type): fc.Arbitrary<FieldKind> => {
    const one: TypeRef = { kind: 'class', type };
    return fc.constantFrom<FieldKind>({ type: one, keywords: {} }, { type: { kind: 'array', items: one }, keywords: {} });
  });
  const since = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: minor });
  const field = (name: string) =>
    fc.tuple(since, onceRequired(fc.oneof(text, listed, limited, listedItems, nested))).map(([own, kind]): FieldContract => {
      const came = kind.requiredBefore === undefined ? own : 0;
      return { name, since: came, optional: true, droppable: false, ...kind };
    });
  const dto = (name: string) => fc.tuple(field('x'), field('y'), field('z')).map((fields): DtoContract => ({ name, fields }));
  return fc.tuple(...classes.map(({ name }) => dto(name))).chain((made) => {
    const dtos: Contract['dtos'] = new Map(classes.map((type, index) => [type, made[index]!]));
    const type: TypeRef = { kind: 'class', type: classes[0]! };
    const ofMethod = onceRequired(fc.oneof(text, listed, limited, listedItems));
    return ofMethod.chain((kind) => {
      const more: ArgContract = { name: 'more', since: 0, optional: true, droppable: false, ...kind };
      return fc.record({
        contract: fc.constant(contractOf(type, dtos, more)),
        value: anyValueOf(type, dtos, 4),
        more: fc.option(valueOfField({ ...more, keywords: kind.keywords }, dtos, 1), { nil: undefined }),
      });
    });
  });
});

function contractOf(type: TypeRef, dtos: Contract['dtos'], more: ArgContract): Contract {
  const method: MethodContract = {
    name: 'm',
    since: 0,
    mode: undefined,
    returns: type,
    errors: [],
    expected: [],
    idempotent: false,
    idempotencyWindow: undefined,
    timeout: undefined,
    description: undefined,
    args: [{ name: 'value', since: 0, optional: false, droppable: false, type }, more],
    required: 1,
  };
  return {
    type: class M {},
    name: 'M',
    version: { major: 1, minor: NEWEST },
    target: { exchange: 'random', topic: 'values', namespace: null },
    legacyNamespaces: [],
    codec: 'json',
    description: undefined,
    methods: new Map([['m', method]]),
    dtos,
  };
}

function anyValueOf(type: TypeRef, dtos: Contract['dtos'], depth: number): fc.Arbitrary<unknown> {
  if (type.kind === 'array') return fc.array(anyValueOf(type.items, dtos, depth), { maxLength: 2 });
  if (type.kind !== 'class') throw new Error(`no values of ${type.kind} are made here`);
  if (depth === 0) return fc.constant({});
  const fields = dtos.get(type.type)!.fields.map((field) => [field.name, valueOfField(field, dtos, depth)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
}

function valueOfField({ type, keywords }: FieldContract, dtos: Contract['dtos'], depth: number): fc.Arbitrary<unknown> {
  const { enum: listed, items } = keywords as { readonly enum?: readonly unknown[]; readonly items?: typeof keywords };
  if (listed !== undefined) return fc.constantFrom(...listed);
  if (items !== undefined) return fc.array(fc.constantFrom(...(items.enum as unknown[])), { maxLength: 3 });
  if (type.kind === 'number') return fc.integer({ min: 0, max: 100 });
  return type.kind === 'string' ? fc.constantFrom('text') : anyValueOf(type, dtos, depth - 1);
}
