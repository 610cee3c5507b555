/** Fields that are checked while an instance is built: the verdict is that of class-validator on the built instance. */
import 'reflect-metadata';
import { type Check, type Findings, MOST_VIOLATIONS } from '@concord-rpc/core/engine';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  Min,
  registerDecorator,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';
import fc from 'fast-check';
import { compileCheck } from './compile-check';
import { forgetMetadata } from './decorators/libraries';

/** A validator that is not class-validator's own: it looks at the other fields of the instance. */
const NotLike = (other: string) => (target: object, propertyName: string) =>
  registerDecorator({
    name: 'isString',
    target: target.constructor,
    propertyName,
    validator: { validate: (value, args) => value !== (args!.object as Record<string, unknown>)[other] },
  });

/** Groups of decorators of one field. Some depend on the value alone, and some on the instance. */
const DECORATORS: Readonly<Record<string, readonly PropertyDecorator[]>> = {
  text: [IsString()],
  'short text': [IsString(), MaxLength(2)],
  'optional text': [IsOptional(), IsString()],
  id: [IsUUID()],
  flag: [IsBoolean()],
  number: [IsNumber(), Min(1)],
  integer: [IsInt()],
  choice: [IsIn(['a', 1, null])],
  texts: [IsArray(), ArrayMaxSize(2), IsString({ each: true })],
  'unlike another field': [NotLike('f0') as PropertyDecorator],
  'text on a condition': [ValidateIf((holder: Record<string, unknown>) => holder.f1 !== 'a'), IsString()],
  'text on a condition and optional': [
    IsOptional(),
    ValidateIf((holder: Record<string, unknown>) => holder.f0 === 'a'),
    IsString(),
  ],
};

const VALUES = [
  undefined,
  null,
  '',
  'a',
  'abc',
  '0f1e5b3c-0d5c-4c38-9a54-6f6f4f7c3a11',
  0,
  1,
  1.5,
  Number.NaN,
  true,
  [],
  ['a'],
  [1],
  {},
  [[]],
];
const ABSENT = Symbol('absent');

const field = fc.record({
  kind: fc.constantFrom(...Object.keys(DECORATORS)),
  value: fc.constantFrom<unknown>(ABSENT, ...VALUES),
  /** The value that the constructor gives it. */
  preset: fc.constantFrom<unknown>(ABSENT, ABSENT, ABSENT, ...VALUES),
  hasSetter: fc.integer({ min: 0, max: 4 }).map((number) => number === 0),
});
const fields = fc.array(field, { minLength: 1, maxLength: 4 });
type Fields = typeof fields extends fc.Arbitrary<infer T> ? T : never;

function classOf(described: Fields): new () => Record<string, unknown> {
  class Made {
    [key: string]: unknown;
    constructor() {
      for (const [index, { preset }] of described.entries()) if (preset !== ABSENT) this[`f${index}`] = preset;
    }
  }
  for (const [index, { kind, hasSetter }] of described.entries()) {
    for (const decorate of DECORATORS[kind]!) decorate(Made.prototype, `f${index}`);
    if (!hasSetter) continue;
    Object.defineProperty(Made.prototype, `f${index}`, {
      get(this: Made) {
        return this.stored;
      },
      set(this: Made, value: unknown) {
        this.stored = typeof value === 'string' ? 5 : value; // what is read is not what was set
      },
    });
  }
  return Made;
}

function givenOf(described: Fields): Record<string, unknown> {
  const given = described.map(({ value }, index) => [`f${index}`, value] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ABSENT));
}

function judge(type: new () => object, value: unknown) {
  const findings: Findings = { violations: [], stripped: 0 };
  const instance = compileCheck(type)(value, 'v', findings) as object;
  return { instance, violations: findings.violations };
}

/** The violations of class-validator, at paths as ours. */
function theirsOf(instance: object): string[] {
  type Found = ReturnType<typeof validateSync>[number];
  const flatten = ({ property, constraints, children }: Found, parent: string): string[] => {
    const path = /^\d+$/.test(property) ? `${parent}[${property}]` : `${parent}.${property}`;
    return [
      ...Object.values(constraints ?? {}).map((message) => `${path}: ${message}`),
      ...(children ?? []).flatMap((each) => flatten(each, path)),
    ];
  };
  return validateSync(instance, { forbidUnknownValues: true }).flatMap((each) => flatten(each, 'v'));
}

test('random classes: the violations are those of class-validator, in its order', () => {
  fc.assert(
    fc.property(fields, (described) => {
      const type = classOf(described);
      const { instance, violations } = judge(type, givenOf(described));
      const theirs = theirsOf(instance);
      forgetMetadata(type); // reading a class takes longer, the more classes are decorated
      const ours = violations.map(({ path, message }) => `${path}: ${message}`);
      // the structure is checked first, and refuses more: arrays that are none
      if (ours.some((each) => each.endsWith(': must be an array'))) return;
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 300 },
  );
});

test('random classes in a class: an instance in it is accepted exactly if class-validator accepts it', () => {
  const place = fc.constantFrom('given', 'preset', 'absent');
  const how = fc.record({
    isList: fc.boolean(),
    optional: fc.boolean(),
    condition: fc.constantFrom(undefined, true, false),
    place,
  });
  fc.assert(
    fc.property(fields, how, fc.nat({ max: 3 }), (described, { isList, optional, condition, place }, count) => {
      const Inner = classOf(described);
      const preset = Object.assign(new Inner(), givenOf(described));
      class Outer {
        [key: string]: unknown;
        constructor() {
          if (place === 'preset') this.inner = isList ? Array.from({ length: count }, () => preset) : preset;
        }
      }
      IsString()(Outer.prototype, 'before');
      ValidateNested({ each: isList })(Outer.prototype, 'inner');
      Reflect.defineMetadata('design:type', isList ? Array : Inner, Outer.prototype, 'inner');
      Type(() => Inner)(Outer.prototype, 'inner');
      if (optional) IsOptional()(Outer.prototype, 'inner');
      if (condition !== undefined) ValidateIf(() => condition)(Outer.prototype, 'inner');
      const inner = isList ? Array.from({ length: count }, () => givenOf(described)) : givenOf(described);
      const { instance, violations } = judge(Outer, { before: 'x', ...(place === 'given' && { inner }) });
      const theirs = theirsOf(instance).slice(0, MOST_VIOLATIONS);
      for (const type of [Inner, Outer]) forgetMetadata(type);
      const ours = violations.map(({ path, message }) => `${path}: ${message}`);
      if (ours.some((each) => /: (must be an array|is required)$/.test(each))) return;
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 300 },
  );
});

class Leaf {
  @IsString() name!: string;
  @IsOptional() @ValidateNested() @Type(() => Leaf) next?: Leaf;
}

test('a class in itself, an object that a program extended, and fields that are not the value’s own', () => {
  const chain = (name: unknown) => ({ name: 'a', next: { name: 'b', next: { name } } });
  expect(judge(Leaf, chain('c')).violations).toEqual([]);
  expect(judge(Leaf, chain(5)).violations).toEqual([{ path: 'v.next.next.name', message: 'name must be a string' }]);
  const inherited = Object.create({ name: 'inherited' }) as object;
  expect(judge(Leaf, inherited).violations).toEqual([{ path: 'v.name', message: 'name must be a string' }]);
  const hidden = Object.defineProperty({}, 'name', { value: 'hidden', enumerable: false });
  expect(judge(Leaf, hidden).violations).toHaveLength(1);
  const prototype = Object.prototype as { name?: string };
  try {
    prototype.name = 'from everywhere';
    const { instance, violations } = judge(Leaf, {});
    expect(Object.keys(instance)).toEqual([]);
    expect(violations).toEqual([]); // class-validator reads the instance, which has the name as all objects have
  } finally {
    delete prototype.name;
  }
});

test('a check that begins during another one leaves its verdict as it is', () => {
  let check: Check | undefined;
  let depth = 0;
  class Child {
    @IsString() name!: string;
    constructor() {
      if (depth++ === 0) check?.({ children: [{ name: 'a' }] }, 'within', { violations: [], stripped: 0 });
      depth--;
    }
  }
  class Outer {
    @ValidateNested({ each: true }) @Type(() => Child) children!: Child[];
  }
  check = compileCheck(Outer);
  const findings: Findings = { violations: [], stripped: 0 };
  check({ children: [{ name: 5 }, { name: 'b' }] }, 'v', findings);
  expect(findings.violations).toEqual([{ path: 'v.children[0].name', message: 'name must be a string' }]);
});
