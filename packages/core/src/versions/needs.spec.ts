/** The least version of a call: compiled, and held against a slow model that looks at everything. */
import {
  type ArgContract,
  type Contract,
  compileNeeds,
  latePartsOf,
  type MethodContract,
  type TypeRef,
} from '@concord-rpc/core/engine';
import fc from 'fast-check';
import { calls } from '../../../../tests/fixtures/random/calls';

/** The obviously right way: look at everything that is there, and at what is not. */
function model(value: unknown, type: TypeRef, dtos: Contract['dtos']): number[] {
  if (type.kind === 'array') return Array.isArray(value) ? value.flatMap((item) => model(item, type.items, dtos)) : [];
  if (type.kind !== 'class' || typeof value !== 'object' || value === null) return [];
  return dtos.get(type.type)!.fields.flatMap((field) => {
    return modelOfPart((value as Record<string, unknown>)[field.name], field, dtos);
  });
}

function modelOfPart(part: unknown, { since, type, requiredBefore }: ArgContract, dtos: Contract['dtos']): number[] {
  const isMissing = part === undefined || (part === null && type.kind !== 'unchecked');
  const needed = isMissing && requiredBefore !== undefined ? [requiredBefore] : [];
  return part === undefined ? needed : [...needed, since, ...model(part, type, dtos)];
}

test('for random contracts and values, the compiled least version is that of the model', () => {
  fc.assert(
    fc.property(calls, ({ dtos, method, values }) => {
      const needs = method.args.flatMap((arg, index) => modelOfPart(values[index], arg, dtos));
      const expected = Math.max(method.since, ...needs);
      expect(compileNeeds(method, dtos).least(values)).toBe(expected);
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
  expect(compileNeeds(method, dtos).isConstant).toBe(true);
});
