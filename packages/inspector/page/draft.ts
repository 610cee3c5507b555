/** Values of a form while they are typed: which control a type gets, and the first value of a type. */
import type { SchemaDocument } from './contract-types';

/** The named types of a contract. */
export type Types = Readonly<Record<string, SchemaDocument>>;

/** The control of a type. `json`: text that has to be JSON, for types that have no other control. */
export type Control = 'choice' | 'switch' | 'text' | 'number' | 'object' | 'list' | 'json';

/** Text that is to be JSON, and is none. It is sent as it is, so that the check names its field. */
export interface Unread {
  readonly unread: string;
}

/** Most levels of fields that have controls of their own. */
const DEEPEST = 6;

/** Follows a reference to a named type, and a union of one type with null. */
export function resolved(schema: SchemaDocument, types: Types): SchemaDocument {
  const { $ref, ...own } = schema;
  const { anyOf } = own;
  const name = nameIn($ref);
  if (name !== undefined) {
    const named = Object.hasOwn(types, name) ? types[name] : undefined;
    return named === undefined || '$ref' in named ? own : { ...named, ...own };
  }
  const present = anyOf?.filter(({ type }) => type !== 'null') ?? [];
  return present.length === 1 ? resolved(present[0]!, types) : schema;
}

/** The name in a reference such as `#/types/Router`. */
export function nameIn(reference: string | undefined): string | undefined {
  return reference?.slice('#/types/'.length).replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The control of a resolved type at a depth. */
export function controlOf({ enum: values, properties, items, type, anyOf }: SchemaDocument, depth: number): Control {
  if (values !== undefined) return 'choice';
  if (depth > DEEPEST || anyOf !== undefined) return 'json';
  if (properties !== undefined) return 'object';
  if (items !== undefined) return 'list';
  switch ([type].flat().find((each) => each !== 'null')) {
    case 'string':
      return 'text';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'switch';
    default:
      return 'json';
  }
}

/** The first value of a type: its default, or an empty one with the required fields. */
export function emptyValue(given: SchemaDocument, types: Types, depth = 0): unknown {
  const schema = resolved(given, types);
  if ('default' in schema) return schema.default;
  switch (controlOf(schema, depth)) {
    case 'choice':
      return schema.enum![0];
    case 'switch':
      return false;
    case 'text':
      return '';
    case 'number':
      return schema.minimum ?? 0;
    case 'list':
      return [];
    case 'object': {
      const { properties = {}, required = [] } = schema;
      return Object.fromEntries(required.map((name) => [name, emptyValue(properties[name] ?? {}, types, depth + 1)]));
    }
    case 'json':
      return null;
  }
}

/** Reads the text of a number; the text itself if it is none, so that the check names the field. */
export function numberIn(text: string): number | string {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}

/** Reads JSON; the text itself, marked, if it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { unread: text } satisfies Unread;
  }
}

/** Returns whether a value is text that could not be read. */
export function isUnread(value: unknown): value is Unread {
  return typeof value === 'object' && value !== null && 'unread' in value;
}
