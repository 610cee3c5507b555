/** The work of refusing, in counts: violations, built objects and runs of validators do not grow with what is wrong in a value. */
import 'reflect-metadata';
import { type Findings, MOST_VIOLATIONS, type Violation } from '@concord-rpc/core/engine';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsIn,
  IsOptional,
  IsString,
  registerDecorator,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { compileCheck } from './compile-check';

let runs = 0;
let built = 0;

/** Counts its runs. */
const Counted = () => (target: object, propertyName: string) =>
  registerDecorator({
    name: 'counted',
    target: target.constructor,
    propertyName,
    validator: {
      validate: (value: unknown) => {
        runs++;
        return value === 'ok';
      },
      defaultMessage: () => '$property must be ok',
    },
  });

class Item {
  @IsOptional() @Counted() name?: string;
  @IsOptional() @ValidateNested() @Type(() => Item) inner?: Item;
  constructor() {
    built++;
  }
}
class Chosen {
  @IsIn(Array.from({ length: 100 }, (_, index) => `choice ${index}`)) choice!: string;
  @ValidateNested() @Type(() => Item) item!: Item;
}
class Holder {
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Item) items?: Item[];
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Chosen) chosen?: Chosen[];
  @IsOptional() @ArrayMaxSize(3) @ValidateNested({ each: true }) @Type(() => Item) few?: Item[];
  @ValidateIf((holder: Holder) => holder.few === undefined)
  @ArrayMaxSize(3)
  @ValidateNested({ each: true })
  @Type(() => Item)
  some?: Item[];
  @IsOptional() @ArrayUnique() unique?: unknown[];
  @IsOptional() @ArrayUnique((item: { id: number }) => item.id) byId?: unknown[];
  @IsOptional() @IsString({ each: true }) texts?: string[];
  @IsOptional() @Type(() => Date) dates?: Date[];
}

const check = compileCheck(Holder);

function judge(value: unknown): Violation[] {
  runs = 0;
  built = 0;
  const findings: Findings = { violations: [], stripped: 0 };
  check({ some: [], ...(value as object) }, 'v', findings);
  return findings.violations;
}

const repeat = <T>(count: number, item: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => item(index));

test.each<[string, (count: number) => unknown]>([
  ['numbers where objects are due', (count) => ({ items: repeat(count, () => 5) })],
  ['numbers between objects', (count) => ({ items: repeat(count, (index) => (index % 2 === 0 ? {} : 5)) })],
  ['items that a validator refuses', (count) => ({ items: repeat(count, () => ({ name: 'no' })) })],
  ['items that lack a choice of 100 values', (count) => ({ chosen: repeat(count, () => ({})) })],
  ['items that lack an object', (count) => ({ chosen: repeat(count, () => ({ choice: 'choice 1' })) })],
  [
    'wrong items between structural mistakes',
    (count) => ({ items: repeat(count, (index) => (index % 9 === 0 ? 5 : { name: 'no' })) }),
  ],
])('%s: the number of violations, objects and validator runs has a bound', (_name, shape) => {
  for (const count of [100, 5_000]) {
    expect(judge(shape(count)).length).toBeLessThanOrEqual(2 * MOST_VIOLATIONS);
    expect(judge(shape(count)).length).toBeGreaterThanOrEqual(MOST_VIOLATIONS);
    expect(runs).toBeLessThanOrEqual(2 * MOST_VIOLATIONS);
  }
  judge(shape(100));
  const few = built;
  judge(shape(5_000));
  expect(built).toBeLessThanOrEqual(Math.max(few, 5_000));
});

test('a wrong structure ends the building after the violations that are reported', () => {
  judge({ items: repeat(5_000, (index) => (index % 2 === 0 ? {} : 5)) });
  expect(built).toBeLessThanOrEqual(MOST_VIOLATIONS + 1);
  expect(runs).toBe(0);
});

test('a list over its limit is refused before its items are built, with the message of class-validator', () => {
  expect(judge({ few: repeat(5_000, () => ({})) })).toEqual([
    { path: 'v.few', message: 'few must contain no more than 3 elements' },
  ]);
  expect(built).toBe(0);
});

test('a limit that applies only on a condition is left to class-validator', () => {
  expect(judge({ few: [], some: repeat(5, () => ({})) })).toEqual([]);
  expect(judge({ some: repeat(5, () => ({})) })).toEqual([
    { path: 'v.some', message: 'some must contain no more than 3 elements' },
  ]);
});

test('@ArrayUnique decides as class-validator does, and compares each item once', () => {
  expect(judge({ unique: [1, '1', 2, null, true] })).toEqual([]);
  expect(judge({ unique: [1, 2, 1] })).toEqual([{ path: 'v.unique', message: "All unique's elements must be unique" }]);
  expect(judge({ byId: [{ id: 1 }, { id: 2 }] })).toEqual([]);
  expect(judge({ byId: [{ id: 1 }, { id: 1 }] })).toHaveLength(1);
  const reads = { count: 0 };
  const items = repeat(2_000, (id) => ({
    get id() {
      reads.count++;
      return id;
    },
  }));
  expect(judge({ byId: items })).toEqual([]);
  expect(reads.count).toBe(2_000);
});

test('a message holds at most 512 characters, whatever the value', () => {
  class Loud {
    @IsIn(['a'], { message: '$value is wrong' }) cut!: string;
    @IsIn(['a'], { message: ({ value }) => `${value} is wrong` }) whole!: string;
  }
  const findings: Findings = { violations: [], stripped: 0 };
  compileCheck(Loud)({ cut: 'x'.repeat(100_000), whole: 'y'.repeat(100_000) }, 'v', findings);
  expect(findings.violations.map(({ message }) => message.length)).toEqual([74, 513]);
});
