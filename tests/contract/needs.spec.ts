/** The least version of a call: compiled, and held against a slow model that looks at everything. */
import {
  type ArgContract,
  type Class,
  type Contract,
  compileLeastMinor,
  type DtoContract,
  latePartsOf,
  type MethodContract,
  type TypeRef,
} from '@concord-rpc/core';
import fc from 'fast-check';

const MOST = 9;

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
  const field = (index: number) =>
    fc.record({ since, type }).map((made) => ({ name: `f${index}`, optional: true, droppable: false, keywords: {}, ...made }));
  const dto = (name: string): fc.Arbitrary<DtoContract> =>
    fc.tuple(field(0), field(1), field(2)).map((fields) => ({ name, fields }));
  return fc.record({
    dtos: fc
      .tuple(...classes.map((each) => dto(each.name)))
      .map((made): Contract['dtos'] => new Map(classes.map((each, index) => [each, made[index]!]))),
    args: fc.array(fc.record({ since, type }), { maxLength: 3 }),
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

/** The obviously right way: look at everything that is there. */
function model(value: unknown, type: TypeRef, dtos: Contract['dtos']): number[] {
  if (type.kind === 'array') return Array.isArray(value) ? value.flatMap((item) => model(item, type.items, dtos)) : [];
  if (type.kind !== 'class' || typeof value !== 'object' || value === null) return [];
  return dtos.get(type.type)!.fields.flatMap((field) => {
    const part = (value as Record<string, unknown>)[field.name];
    return part === undefined ? [] : [field.since, ...model(part, field.type, dtos)];
  });
}

const calls = dtoGraph.chain(({ dtos, args, methodSince }) => {
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
        droppable: false,
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

test('for random contracts and values, the compiled least version is that of the model', () => {
  fc.assert(
    fc.property(calls, ({ dtos, method, values }) => {
      const given = method.args.filter((_, index) => values[index] !== undefined);
      const expected = Math.max(
        method.since,
        ...given.map((arg) => arg.since),
        ...method.args.flatMap((arg, index) => model(values[index], arg.type, dtos)),
      );
      const compiled = compileLeastMinor(method, dtos);
      expect(compiled?.(values) ?? method.since).toBe(expected);
      expect(Math.max(...latePartsOf(method, values, dtos).map(({ minor }) => minor))).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});

test('a method without late parts has no test to run', () => {
  const type = class D {};
  const dtos: Contract['dtos'] = new Map([
    [
      type,
      {
        name: 'D',
        fields: [{ name: 'f', since: 0, optional: false, droppable: false, type: { kind: 'class', type }, keywords: {} }],
      },
    ],
  ]);
  const arg: ArgContract = { name: 'a', since: 3, optional: false, droppable: false, type: { kind: 'class', type } };
  const method: MethodContract = {
    name: 'm',
    since: 3,
    mode: undefined,
    returns: undefined,
    errors: [],
    expected: [],
    idempotent: false,
    idempotencyWindow: undefined,
    timeout: undefined,
    description: undefined,
    args: [arg],
    required: 1,
  };
  expect(compileLeastMinor(method, dtos)).toBeUndefined();
});
