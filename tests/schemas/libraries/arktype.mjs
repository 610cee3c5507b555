/** The table of types in arktype, and pairs of types whose change is compared. */
import { type } from 'arktype';

const disk = type({ kind: "'disk'", size: 'number' });
const port = type({ kind: "'port'", id: 'string' });
const tape = type({ kind: "'tape'" });

export const schemas = {
  text: type('1 <= string <= 5'),
  uuid: type('string.uuid'),
  integer: type('1 <= number.integer <= 10'),
  enumeration: type("'up' | 'down'"),
  literal: type("'x'"),
  optional: type({ 'o?': 'string' }),
  withDefault: type({ d: 'number = 3' }),
  nullable: type('string | null'),
  list: type('number[] <= 3'),
  nested: type({ port: { id: 'string' } }),
  dictionary: type('Record<string, number>'),
  kinds: type('string | number'),
  tagged: disk.or(port),
  converted: type('string.numeric.parse'),
};

export const changes = {
  limitWidened: [type('string <= 5'), type('string <= 10')],
  limitNarrowed: [type('string <= 10'), type('string <= 5')],
  optionalFieldAdded: [type({ a: 'string' }), type({ a: 'string', 'b?': 'string' })],
  requiredFieldAdded: [type({ a: 'string' }), type({ a: 'string', b: 'string' })],
  fieldRemoved: [type({ a: 'string', b: 'string' }), type({ a: 'string' })],
  valueAdded: [type("'up'"), type("'up' | 'down'")],
  typeOfFieldChanged: [type({ a: { b: 'string' } }), type({ a: { b: 'number' } })],
  memberAdded: [disk.or(port), tape.or(disk).or(port)],
  nothing: [type({ a: 'string', b: 'number[]' }), type({ b: 'number[]', a: 'string' })],
};

export const asynchronous = undefined; // arktype has no asynchronous types
export const hostile = type({ items: 'string[]', 'any?': 'Record<string, number>' });
