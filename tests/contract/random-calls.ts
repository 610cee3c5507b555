/** Random methods with DTO classes that may hold each other and themselves, and random calls of them. */
import type { ArgContract, Class, Contract, DtoContract, MethodContract, TypeRef } from '@concord-rpc/core';
import fc from 'fast-check';

/** The highest minor in them. */
export const MOST = 9;

/** Random DTO classes that may hold each other and themselves. */
const dtoGraph = fc.integer({ min: 1, max: 4 }).chain((count) => {
  const classes = Array.from({ length: count }, (_, index) => ({ [`D${index}`]: class {} })[`D${index}`] as Class);
  const leaf: fc.Arbitrary<TypeRef> = fc.constantFrom<TypeRef>({ kind: 'string' }, { kind: 'unchecked' });
  const ofClass = fc.constantFrom(...classes).map((type): TypeRef => ({ kind: 'class', type }));
  const type = fc.oneof(
    leaf,
    ofClass,
    ofClass.map((items): TypeRef => ({ kind: 'array', items })),
  );
  const since = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: MOST }) });
  // what had to be there until some version was there from the beginning
  const presence = fc.oneof(
    { weight: 3, arbitrary: fc.record({ since, droppable: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 1, max: MOST }).map((requiredBefore) => ({ since: 0, droppable: false, requiredBefore })),
    },
  );
  const field = (index: number) =>
    fc
      .record({ presence, type })
      .map(({ presence: own, type: its }) => ({ name: `f${index}`, optional: true, keywords: {}, type: its, ...own }));
  const dto = (name: string): fc.Arbitrary<DtoContract> =>
    fc.tuple(field(0), field(1), field(2)).map((fields) => ({ name, fields }));
  return fc.record({
    dtos: fc
      .tuple(...classes.map((each) => dto(each.name)))
      .map((made): Contract['dtos'] => new Map(classes.map((each, index) => [each, made[index]!]))),
    args: fc.array(
      fc.record({ presence, type }).map(({ presence: own, type: its }) => ({ type: its, ...own })),
      { maxLength: 3 },
    ),
    methodSince: fc.integer({ min: 0, max: 4 }),
  });
});

/** A random value of a type: parts present, absent, null, or of another kind than declared. */
function anyValue(type: TypeRef, dtos: Contract['dtos'], depth: number): fc.Arbitrary<unknown> {
  const odd = fc.constantFrom<unknown>(undefined, null, 'x', 0);
  if (depth === 0 || type.kind === 'string' || type.kind === 'unchecked') return odd;
  if (type.kind === 'array') return fc.oneof(odd, fc.array(anyValue(type.items, dtos, depth - 1), { maxLength: 3 }));
  if (type.kind !== 'class') return odd;
  const fields = dtos.get(type.type)!.fields.map((field) => [field.name, anyValue(field.type, dtos, depth - 1)] as const);
  return fc.oneof(
    { weight: 1, arbitrary: odd },
    { weight: 4, arbitrary: fc.record(Object.fromEntries(fields), { requiredKeys: [] }) },
  );
}

/** A method, the DTO classes that it reaches, and arguments of one call. */
export const calls = dtoGraph.chain(({ dtos, args, methodSince }) => {
  const method: MethodContract = {
    name: 'm',
    since: methodSince,
    mode: undefined,
    returns: undefined,
    errors: [],
    expected: [],
    idempotent: false,
    idempotencyWindow: undefined,
    timeout: undefined,
    description: undefined,
    required: 0,
    args: args.map(
      (arg, index): ArgContract => ({
        name: `a${index}`,
        optional: true,
        ...arg,
        since: Math.max(arg.since, methodSince),
      }),
    ),
  };
  return fc.record({
    dtos: fc.constant(dtos),
    method: fc.constant(method),
    values: fc.tuple(...method.args.map((arg) => anyValue(arg.type, dtos, 4))),
  });
});
