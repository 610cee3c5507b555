/** The type that `@Type` names, read in both ways: from class-transformer's storage and by its public function. */
import 'reflect-metadata';
import { Exclude, Expose, Type } from 'class-transformer';
import { typeMarkOf, typeOfTransformed } from './libraries';

class Item {}
class Demanding {
  constructor(options: { size: number }) {
    void options.size.toFixed();
  }
}
class Holder {
  @Type(() => Item) one!: Item;
  @Type(() => Item) many!: Item[];
  @Type(() => Item) @Expose({ name: 'other' }) renamed!: Item;
  @Type(() => Item) @Exclude() hidden!: Item;
  @Type(() => String) text!: string;
  @Type(() => Number) number!: number;
  @Type(() => Boolean) flag!: boolean;
  @Type(() => Date) date!: Date;
  @Type(() => Demanding) demanding!: Demanding;
  plain!: Item;
}
class Derived extends Holder {}

const TYPES: [keyof Holder, unknown][] = [
  ['one', Item],
  ['many', Item],
  ['renamed', Item],
  ['hidden', Item],
  ['text', String],
  ['number', Number],
  ['flag', Boolean],
  ['date', Date],
  ['plain', undefined],
];

test.each(TYPES)('%s has the same type in the storage and by the public function', (property, type) => {
  for (const owner of [Holder, Derived]) {
    expect(typeMarkOf(owner, property)?.typeFunction()).toBe(type);
    expect(typeOfTransformed(owner, property)).toBe(type);
  }
});

test('a constructor that throws leaves the type to the storage', () => {
  expect(typeMarkOf(Holder, 'demanding')?.typeFunction()).toBe(Demanding);
  expect(typeOfTransformed(Holder, 'demanding')).toBeUndefined();
});
