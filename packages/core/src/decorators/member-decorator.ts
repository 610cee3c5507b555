/** Decorators of members: the record of the class that they write to, under legacy and under standard decorators. */
import type { Class } from '../schema/type-token';
import { type ClassRecord, ownRecord } from './class-metadata';
import { awaitClass, isStandard } from './standard-decorators';

/** A member that a decorator is on. */
export interface DecoratedMember {
  readonly record: ClassRecord;
  readonly prototype: object;
  readonly name: string;
  /** The position of the parameter, or the descriptor of the method; `undefined` for a field. */
  readonly index: number | PropertyDescriptor | undefined;
}

/**
 * Creates a decorator of members. `write` runs when the class has a record; a member that cannot be decorated is a mistake in it. The type
 * of the decorator has no name, so that declarations of users' modules can contain it.
 */
export function memberDecorator(decorator: string, write: (member: DecoratedMember) => void) {
  const decorate = (
    prototype: object | undefined,
    key: string | symbol | Pick<ClassMemberDecoratorContext, 'kind' | 'name'> | undefined,
    index?: number | PropertyDescriptor,
  ): void => {
    if (isStandard(key)) {
      awaitClass(key, decorator, decorate);
      return;
    }
    const member = memberOf(prototype!, key, decorator);
    if (member !== undefined) write({ ...member, index });
  };
  return decorate;
}

/** Returns the record to write to; `undefined`, after recording a mistake, if the decorator does not belong on this member. */
function memberOf(
  prototype: object,
  key: string | symbol | undefined,
  decorator: string,
): Omit<DecoratedMember, 'index'> | undefined {
  if (typeof prototype === 'function') {
    const where = key === undefined ? 'a constructor parameter' : `the static member ${String(key)}`;
    ownRecord(prototype as unknown as Class).mistakes.push(`has ${decorator} on ${where}`);
    return undefined;
  }
  const record = ownRecord(prototype.constructor as unknown as Class);
  if (typeof key === 'string') return { record, prototype, name: key };
  record.mistakes.push(`has ${decorator} on a member named by a symbol`);
  return undefined;
}
