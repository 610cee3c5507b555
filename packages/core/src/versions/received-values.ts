/** Results as a caller gets them: dates and integers of 64 bits, which are sent as text, are made of their texts. */
import type { Contract, FieldContract } from '../contract/contract';
import { formOf } from '../schema/kind-union';
import { tagOf } from '../schema/tagged-union';
import type { TaggedUnion, TypeRef } from '../schema/type-ref';
import { VALUE_KINDS, type ValueKind } from '../schema/value-kinds';
import { TypeWalker } from './type-walker';

/** Converts a decoded value in place; returns it, or what stands for it. Never throws. */
export type Received = (value: unknown) => unknown;

interface ReceivedField {
  readonly name: string;
  readonly convert: Received;
}

/** Compiles the conversion of decoded values of a type; `undefined` if they stay as they are. */
export function compileReceived(type: TypeRef | null | undefined, dtos: Contract['dtos']): Received | undefined {
  return type ? new ReceivedCompiler(dtos).ofType(type) : undefined;
}

class ReceivedCompiler extends TypeWalker<Received, ReceivedField> {
  protected override ofValue(kind: ValueKind): Received | undefined {
    return VALUE_KINDS[kind].text?.read;
  }

  protected matters(): boolean {
    return false;
  }

  protected ofArray(item: Received): Received {
    return (value) => {
      if (!Array.isArray(value)) return value;
      for (let index = 0; index < value.length; index++) value[index] = item(value[index]);
      return value;
    };
  }

  protected ofKinds(byForm: ReadonlyMap<string, Received>): Received {
    return (value) => byForm.get(formOf(value))?.(value) ?? value;
  }

  protected ofRecord(inner: Received): Received {
    return (value) => {
      if (!isObject(value)) return value;
      for (const key of Object.keys(value)) value[key] = inner(value[key]);
      return value;
    };
  }

  protected ofTagged(union: TaggedUnion, members: ReadonlyMap<string, Received>): Received {
    return (value) => (isObject(value) ? (members.get(tagOf(union, value) as string)?.(value) ?? value) : value);
  }

  protected ofObject(_dto: unknown, fields: readonly ReceivedField[]): Received {
    return (value) => {
      if (!isObject(value)) return value;
      for (const { name, convert } of fields) if (Object.hasOwn(value, name)) value[name] = convert(value[name]);
      return value;
    };
  }

  protected ofField({ name }: FieldContract, convert: Received | undefined): ReceivedField | undefined {
    return convert && { name, convert };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
