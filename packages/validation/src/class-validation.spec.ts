/** DTO classes read and checked by their class-validator decorators. */
import 'reflect-metadata';
import { type Findings, MOST_VIOLATIONS } from '@concord-rpc/core/engine';
import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsEnum,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  registerDecorator,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';
import fc from 'fast-check';
import { classValidation } from './class-validation';

enum Status {
  Active = 'ACTIVE',
  Down = 'DOWN',
}
class Item {
  @IsString() name!: string;
  @IsOptional() @IsInt() @Min(1) @Max(10) size?: number;
  /** A class may hold itself. */
  @IsOptional() @ValidateNested() @Type(() => Item) inner?: Item;
}
class Base {
  @IsUUID() id!: string;
}
class Everything extends Base {
  @IsString() @Length(1, 5) text!: string;
  @IsNumber() @IsPositive() amount!: number;
  @IsBoolean() flag!: boolean;
  @IsOptional() @IsEmail() email?: string | null;
  @IsEnum(Status) status!: Status;
  @IsIn(['a', 'b']) choice!: string;
  @IsString({ each: true }) @ArrayMaxSize(3) tags!: string[];
  @IsArray() anything!: unknown[];
  @ValidateNested() item!: Item;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Item) items?: Item[];
  @IsObject() bag!: Record<string, unknown>;
  @Allow() free?: unknown;
  @Matches(/^x/i) pattern!: string;
  @IsOptional() @IsInt() limit: number = 10;
  @ValidateIf((holder: Everything) => holder.flag) @IsString() onlyIfFlag?: string;
  @IsOptional() plain?: string;
  notDecorated?: string;
}

const good = () => ({
  id: '0f1e5b3c-0d5c-4c38-9a54-6f6f4f7c3a11',
  text: 'abc',
  amount: 1.5,
  flag: false,
  status: 'ACTIVE',
  choice: 'a',
  tags: ['x'],
  anything: [1, null],
  item: { name: 'i' },
  bag: { any: 1 },
  pattern: 'Xy',
});

const check = classValidation.compile(Everything);
function judge(value: unknown): { instance: any; paths: string[]; stripped: number; isFull: boolean } {
  const findings: Findings = { violations: [], stripped: 0 };
  const instance = check(value, 'v', findings);
  const { violations, stripped } = findings;
  const paths = [...new Set(violations.map(({ path }) => path))].sort();
  return { instance, paths, stripped, isFull: violations.length >= MOST_VIOLATIONS };
}

test('a good value becomes an instance, with its defaults, its nested instances and nothing else', () => {
  const { instance, paths, stripped } = judge({
    ...good(),
    items: [{ name: 'a', inner: { name: 'b', evil: 1 } }],
    notDecorated: 'x',
    isAdmin: true,
  });
  expect(paths).toEqual([]);
  expect(stripped).toBe(3);
  expect(instance).toBeInstanceOf(Everything);
  expect(instance.item).toBeInstanceOf(Item);
  expect(instance.items[0].inner).toBeInstanceOf(Item);
  expect(instance.limit).toBe(10);
  expect(instance).toEqual({ ...good(), limit: 10, items: [{ name: 'a', inner: { name: 'b' } }] });
});

test.each<[string, unknown, string[]]>([
  ['an array where an object is due', [], ['v']],
  ['null', null, ['v']],
  ['text', 'x', ['v']],
  [
    'nothing',
    {},
    ['amount', 'anything', 'bag', 'choice', 'flag', 'id', 'item', 'pattern', 'status', 'tags', 'text'].map((name) => `v.${name}`),
  ],
  ['a text where a list of texts is due', { ...good(), tags: 'x' }, ['v.tags']],
  ['a list with a wrong item', { ...good(), tags: ['x', 5] }, ['v.tags']],
  ['too many items', { ...good(), tags: ['1', '2', '3', '4'] }, ['v.tags']],
  ['an array where a nested object is due', { ...good(), item: [] }, ['v.item']],
  ['an array of objects where a nested object is due', { ...good(), item: [{ name: 'x' }] }, ['v.item']],
  ['a list of lists where a list of objects is due', { ...good(), items: [[{ name: 'x' }]] }, ['v.items[0]']],
  ['a number as text', { ...good(), amount: '5' }, ['v.amount']],
  ['a boolean as text, which would be true', { ...good(), flag: 'false' }, ['v.flag', 'v.onlyIfFlag']],
  [
    'a nested mistake',
    { ...good(), items: [{ name: 'a' }, { name: 5, size: 11, inner: { name: null } }] },
    ['v.items[1].inner.name', 'v.items[1].name', 'v.items[1].size'],
  ],
  ['a required null', { ...good(), text: null, item: null }, ['v.item', 'v.text']],
  ['an optional null', { ...good(), email: null, items: null }, []],
  ['what is required only on a condition', { ...good(), flag: true }, ['v.onlyIfFlag']],
  ['a plain optional field of another type', { ...good(), plain: 5 }, ['v.plain']],
])('%s', (_name, value, expected) => {
  expect(judge(value).paths).toEqual(expected);
});

test('a validator that throws is a violation, not a crash', () => {
  const Throws = () => (target: object, propertyName: string) =>
    registerDecorator({
      name: 'throws',
      target: target.constructor,
      propertyName,
      validator: {
        validate(value: unknown) {
          if (value !== undefined) throw new Error('in the validator');
          return true;
        },
      },
    });
  class Fragile {
    @Throws() x?: string;
  }
  const findings: Findings = { violations: [], stripped: 0 };
  classValidation.compile(Fragile)({ x: 1 }, 'v', findings);
  expect(findings.violations).toEqual([{ path: 'v', message: 'could not be validated: a validator threw' }]);
});

test('shape: types, what may be missing, constraints as JSON Schema keywords', () => {
  const shape = Object.fromEntries(
    classValidation.shapeOf(Everything)!.map(({ name, type, optional, keywords }) => [name, { type, optional, keywords }]),
  );
  expect(shape).toMatchObject({
    id: { type: { kind: 'string' }, optional: false, keywords: { type: 'string', format: 'uuid' } },
    text: { keywords: { type: 'string', minLength: 1, maxLength: 5 } },
    amount: { type: { kind: 'number' }, keywords: { type: 'number', exclusiveMinimum: 0 } },
    flag: { type: { kind: 'boolean' }, optional: false },
    email: { type: { kind: 'string' }, optional: true },
    status: { keywords: { enum: ['ACTIVE', 'DOWN'] } },
    tags: { type: { kind: 'array', items: { kind: 'string' } }, keywords: { maxItems: 3, items: { type: 'string' } } },
    anything: { type: { kind: 'array', items: { kind: 'unchecked' } } },
    item: { type: { kind: 'class', type: Item }, optional: false },
    items: { type: { kind: 'array', items: { kind: 'class', type: Item } }, optional: true },
    bag: { type: { kind: 'unchecked' }, keywords: { type: 'object' } },
    free: { type: { kind: 'unchecked' }, optional: true },
    pattern: { keywords: { type: 'string', pattern: '^x' } },
    limit: { optional: true },
    onlyIfFlag: { optional: true },
    plain: { type: { kind: 'string' }, optional: true },
  });
  expect(shape.notDecorated).toBeUndefined();
  expect(classValidation.shapeOf(class Nothing {})).toBeUndefined();
});

const part = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    'x',
    'xyz',
    'ACTIVE',
    'a',
    0,
    1,
    -1,
    1.5,
    true,
    false,
    [],
    ['x'],
    [1],
    {},
    { name: 'n' },
    { name: 5 },
    [{ name: 'n' }],
    [[]],
  ),
);
const fields = [
  'id',
  'text',
  'amount',
  'flag',
  'email',
  'status',
  'choice',
  'tags',
  'anything',
  'item',
  'items',
  'bag',
  'free',
  'pattern',
  'limit',
  'onlyIfFlag',
  'plain',
] as const;

test('what class-validator refuses is refused, and what it accepts is refused only for structure that it does not look at', () => {
  fc.assert(
    fc.property(fc.record(Object.fromEntries(fields.map((name) => [name, part])), { requiredKeys: [] }), (changes) => {
      const value = { ...good(), ...changes };
      const { instance, paths, isFull } = judge(value);
      const theirs = validateSync(instance).map(({ property }) => `v.${property}`);
      for (const path of isFull ? [] : theirs)
        expect(paths.some((own) => own === path || own.startsWith(`${path}[`) || own.startsWith(`${path}.`))).toBe(true);
      const onlyOurs = paths.filter(
        (own) => !theirs.some((path) => own === path || own.startsWith(`${path}[`) || own.startsWith(`${path}.`)),
      );
      for (const own of onlyOurs) expect(own).toMatch(/^v\.(tags|items|item|anything|plain)(\[|\.|$)/);
    }),
    { numRuns: 1_000 },
  );
});
