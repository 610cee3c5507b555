/** Unions of a few kinds, such as a text or a number: the member of a value is told by the value itself. */
import { types } from 'node:util';
import { type JsonSchema, jsonTypesOf } from '../standard/schema-document';
import type { TypeRef } from './type-ref';

/** A form of values that is told apart from the others without a property. */
type Form = 'string' | 'number' | 'boolean' | 'bigint' | 'date' | 'bytes' | 'array' | 'object' | 'null' | 'other';

/** The form of a value, decoded or in a program. */
export function formOf(value: unknown): Form {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (types.isDate(value)) return 'date';
  if (types.isUint8Array(value)) return 'bytes';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'bigint' || type === 'object' ? type : 'other';
}

/** Returns the forms of a type's values: as a codec decodes them, and as programs have them. `undefined` for a type that cannot be told. */
export function formsOf(type: TypeRef): readonly Form[] | undefined {
  switch (type.kind) {
    case 'class':
    case 'tagged':
    case 'record':
      return ['object'];
    case 'enum':
      return [...new Set(type.values.map((value) => formOf(value)))];
    case 'dateText':
      return ['string', 'date'];
    case 'int64':
      return ['string', 'bigint'];
    case 'schema':
      return formsOfDocument(type.document);
    case 'nullable':
    case 'union':
    case 'unchecked':
      return undefined;
    default:
      return [type.kind];
  }
}

function formsOfDocument(document: JsonSchema): readonly Form[] | undefined {
  const types = jsonTypesOf(document);
  if (types.length === 0 || types.includes('null')) return undefined;
  return [...new Set(types.map((type) => (type === 'integer' ? 'number' : (type as Form))))];
}

/** Returns the reason why values do not tell the members of a union apart; `undefined` if they do. */
export function problemOfUnion(members: readonly TypeRef[]): string | undefined {
  if (members.length < 2) return 'a union has two types or more';
  const taken = new Set<Form>();
  for (const member of members) {
    const forms = formsOf(member);
    if (forms === undefined)
      return `a union cannot hold a type of the kind ${member.kind}: write null around the union, and inner types beside each other`;
    const twice = forms.find((form) => taken.has(form));
    if (twice !== undefined)
      return `a union has two types whose values are of the form ${twice}: tell classes apart by a property, as oneOf('kind', { … })`;
    for (const form of forms) taken.add(form);
  }
  return undefined;
}
