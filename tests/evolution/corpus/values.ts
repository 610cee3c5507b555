/** Changes of types, constraints and enums: before, after, findings as an input, findings as an output. */
import { B, I, list, map, N, NULL, S, type TypeChange } from './pair';

const WIDER = 'IN_TYPE_WIDENED; WIDENED_UNGATED';
const LOOSER = 'IN_CONSTRAINT_LOOSENED; WIDENED_UNGATED';
const was = (schema: object) => ({ 'x-was': [{ before: '1.1', schema }] });

/** The set of types. */
export const TYPE_SETS: readonly TypeChange[] = [
  ['nothing changed', S, S, '', ''],
  ['another type', S, N, 'IN_TYPE_CHANGED', 'OUT_TYPE_CHANGED'],
  ['number to integer', N, I, 'IN_TYPE_NARROWED', 'OUT_TYPE_NARROWED'],
  ['integer to number', I, N, WIDER, 'OUT_TYPE_WIDENED'],
  ['integer to number, and it says since when', I, { ...N, ...was(I) }, 'IN_TYPE_WIDENED', 'OUT_TYPE_WIDENED'],
  ['anything to a string', {}, S, 'IN_TYPE_NARROWED', 'OUT_TYPE_NARROWED'],
  ['a string to anything', S, {}, WIDER, 'OUT_TYPE_WIDENED'],
  ['anything to a string or null', {}, { type: ['string', 'null'] }, 'IN_TYPE_NARROWED', 'OUT_TYPE_NARROWED'],
  ['a list of types of one', S, { type: ['string'] }, '', ''],
  ['the order of types', { type: ['string', 'boolean'] }, { type: ['boolean', 'string'] }, '', ''],
  ['a type more', S, { type: ['string', 'boolean'] }, WIDER, 'OUT_TYPE_WIDENED'],
  ['a type less', { type: ['string', 'boolean'] }, B, 'IN_TYPE_NARROWED', 'OUT_TYPE_NARROWED'],
  [
    'a type more and one less',
    { type: ['string', 'boolean'] },
    { type: ['string', 'number'] },
    'IN_TYPE_CHANGED',
    'OUT_TYPE_CHANGED',
  ],
  ['integer is in number', { type: ['integer', 'number'] }, N, '', ''],
  [
    'integer or string to number or string',
    { type: ['integer', 'string'] },
    { type: ['string', 'number'] },
    WIDER,
    'OUT_TYPE_WIDENED',
  ],
  ['integer or string to number', { type: ['integer', 'string'] }, N, 'IN_TYPE_CHANGED', 'OUT_TYPE_CHANGED'],
  [
    'the type set stops the rest',
    { type: 'number', maximum: 9 },
    { type: 'integer', maximum: 5 },
    'IN_TYPE_NARROWED',
    'OUT_TYPE_NARROWED',
  ],
  [
    'another type stops enum and limits',
    { type: 'string', enum: ['a'], maxLength: 3 },
    { type: 'integer', enum: [1], maximum: 4 },
    'IN_TYPE_CHANGED',
    'OUT_TYPE_CHANGED',
  ],
];

/** Null is lifted out first. */
export const NULLS: readonly TypeChange[] = [
  ['null added', S, { type: ['string', 'null'] }, 'IN_NULL_ADDED; WIDENED_UNGATED', 'OUT_NULL_ADDED'],
  ['null added, and it says since when', S, { type: ['string', 'null'], ...was(S) }, 'IN_NULL_ADDED', 'OUT_NULL_ADDED'],
  ['null removed', { type: ['string', 'null'] }, S, 'IN_NULL_REMOVED', 'OUT_NULL_REMOVED'],
  ['null kept', { type: ['string', 'null'] }, { type: ['null', 'string'] }, '', ''],
  ['null written as a union', { type: ['string', 'null'] }, { anyOf: [S, NULL] }, '', ''],
  ['null added by a union', S, { anyOf: [S, NULL] }, 'IN_NULL_ADDED; WIDENED_UNGATED', 'OUT_NULL_ADDED'],
  ['null removed from a union', { anyOf: [NULL, S] }, S, 'IN_NULL_REMOVED', 'OUT_NULL_REMOVED'],
  ['null added to an enum', { enum: ['a'] }, { enum: ['a', null] }, 'IN_NULL_ADDED; WIDENED_UNGATED', 'OUT_NULL_ADDED'],
  ['null removed from an enum', { enum: [null, 'a'] }, { enum: ['a'] }, 'IN_NULL_REMOVED', 'OUT_NULL_REMOVED'],
  [
    'null added beside an enum',
    { type: 'string', enum: ['a'] },
    { anyOf: [{ type: 'string', enum: ['a'] }, NULL] },
    'IN_NULL_ADDED; WIDENED_UNGATED',
    'OUT_NULL_ADDED',
  ],
  ['null and a type', { type: ['string', 'null'] }, N, 'IN_NULL_REMOVED; IN_TYPE_CHANGED', 'OUT_NULL_REMOVED; OUT_TYPE_CHANGED'],
  [
    'null and a limit',
    { type: ['string', 'null'], maxLength: 5 },
    { type: 'string', maxLength: 3 },
    'IN_NULL_REMOVED; IN_CONSTRAINT_TIGHTENED',
    'OUT_NULL_REMOVED; OUT_CONSTRAINT_TIGHTENED',
  ],
  [
    'null and a wider type',
    { type: 'integer' },
    { type: ['number', 'null'] },
    'IN_NULL_ADDED; IN_TYPE_WIDENED; WIDENED_UNGATED',
    'OUT_NULL_ADDED; OUT_TYPE_WIDENED',
  ],
  ['null in items', list(S), list({ type: ['string', 'null'] }), 'IN_NULL_ADDED []; WIDENED_UNGATED []', 'OUT_NULL_ADDED []'],
  ['null in map values', map({ type: ['string', 'null'] }), map(S), 'IN_NULL_REMOVED {}', 'OUT_NULL_REMOVED {}'],
];

const limit = (keyword: string, type: string, lax: unknown, strict: unknown): TypeChange[] => [
  [
    `${keyword} made stricter`,
    { type, [keyword]: lax },
    { type, [keyword]: strict },
    'IN_CONSTRAINT_TIGHTENED',
    'OUT_CONSTRAINT_TIGHTENED',
  ],
  [`${keyword} made laxer`, { type, [keyword]: strict }, { type, [keyword]: lax }, LOOSER, 'OUT_CONSTRAINT_LOOSENED'],
  [
    `${keyword} made laxer, and it says since when`,
    { type, [keyword]: strict },
    { type, [keyword]: lax, ...was({ type, [keyword]: strict }) },
    'IN_CONSTRAINT_LOOSENED',
    'OUT_CONSTRAINT_LOOSENED',
  ],
  [`${keyword} added`, { type }, { type, [keyword]: strict }, 'IN_CONSTRAINT_TIGHTENED', 'OUT_CONSTRAINT_TIGHTENED'],
  [`${keyword} removed`, { type, [keyword]: strict }, { type }, LOOSER, 'OUT_CONSTRAINT_LOOSENED'],
  [`${keyword} kept`, { type, [keyword]: strict }, { type, [keyword]: strict }, '', ''],
];

/** Limits: one finding a keyword. */
export const LIMITS: readonly TypeChange[] = [
  ...limit('minimum', 'number', -1, 0),
  ...limit('maximum', 'number', 10, 9.5),
  ...limit('exclusiveMinimum', 'integer', 0, 1),
  ...limit('exclusiveMaximum', 'integer', 5, 4),
  ...limit('multipleOf', 'integer', 3, 6),
  ...limit('multipleOf', 'number', 0.1, 0.3),
  ...limit('minLength', 'string', 1, 2),
  ...limit('maxLength', 'string', 64, 63),
  ...limit('minItems', 'array', 1, 2),
  ...limit('maxItems', 'array', 10, 9),
  ...limit('uniqueItems', 'array', false, true),
  ...limit('minProperties', 'object', 1, 2),
  ...limit('maxProperties', 'object', 9, 8),
  ['uniqueItems written out', { type: 'array' }, { type: 'array', uniqueItems: false }, '', ''],
  ['format added', S, { ...S, format: 'uuid' }, 'IN_CONSTRAINT_TIGHTENED', 'OUT_CONSTRAINT_TIGHTENED'],
  ['format removed', { ...S, format: 'uuid' }, S, LOOSER, 'OUT_CONSTRAINT_LOOSENED'],
  ['format replaced', { ...S, format: 'uuid' }, { ...S, format: 'email' }, 'IN_CONSTRAINT_TIGHTENED', 'OUT_CONSTRAINT_LOOSENED'],
  [
    'multipleOf of no relation',
    { ...I, multipleOf: 4 },
    { ...I, multipleOf: 6 },
    'IN_CONSTRAINT_TIGHTENED',
    'OUT_CONSTRAINT_LOOSENED',
  ],
  ['pattern added', S, { ...S, pattern: '^a' }, 'IN_CONSTRAINT_TIGHTENED', 'OUT_CONSTRAINT_TIGHTENED'],
  ['pattern removed', { ...S, pattern: '^a' }, S, LOOSER, 'OUT_CONSTRAINT_LOOSENED'],
  ['pattern replaced', { ...S, pattern: '^a' }, { ...S, pattern: '^[ab]' }, 'IN_PATTERN_CHANGED', 'OUT_PATTERN_CHANGED'],
  ['an enum added to a type', S, { ...S, enum: ['a'] }, 'IN_CONSTRAINT_TIGHTENED', 'OUT_CONSTRAINT_TIGHTENED'],
  ['an enum taken from a type', { ...S, enum: ['a'] }, S, LOOSER, 'OUT_CONSTRAINT_LOOSENED'],
  ['a const added to a type', S, { ...S, const: 'a' }, 'IN_CONSTRAINT_TIGHTENED', 'OUT_CONSTRAINT_TIGHTENED'],
  [
    'two keywords',
    { ...S, minLength: 1, maxLength: 9 },
    { ...S, minLength: 2, maxLength: 10 },
    'IN_CONSTRAINT_TIGHTENED; IN_CONSTRAINT_LOOSENED; WIDENED_UNGATED',
    'OUT_CONSTRAINT_TIGHTENED; OUT_CONSTRAINT_LOOSENED',
  ],
  // each keyword by itself: the page compares keyword with keyword
  [
    'minimum becomes exclusiveMinimum',
    { ...N, minimum: 1 },
    { ...N, exclusiveMinimum: 1 },
    'IN_CONSTRAINT_TIGHTENED; IN_CONSTRAINT_LOOSENED; WIDENED_UNGATED',
    'OUT_CONSTRAINT_TIGHTENED; OUT_CONSTRAINT_LOOSENED',
  ],
  [
    'limits of items',
    list({ ...S, maxLength: 5 }),
    list({ ...S, maxLength: 4 }),
    'IN_CONSTRAINT_TIGHTENED []',
    'OUT_CONSTRAINT_TIGHTENED []',
  ],
  ['prose says nothing', { ...S, title: 'a', description: 'b' }, { ...S, title: 'c', description: 'd' }, '', ''],
];

const OUT_NEW = 'OUT_ENUM_VALUE_ADDED =b';
const safe = { 'x-enum-since': { b: '1.1' }, 'x-enum-fallback': { b: 'a' } };

/** Values of enums. */
export const ENUMS: readonly TypeChange[] = [
  ['the order of values', { enum: ['a', 'b'] }, { enum: ['b', 'a'] }, '', ''],
  ['const is an enum of one', { const: 'a' }, { enum: ['a'] }, '', ''],
  ['const grows', { const: 'a' }, { enum: ['a', 'b'], 'x-enum-since': { b: '1.1' } }, 'IN_ENUM_VALUE_ADDED =b', OUT_NEW],
  [
    'const becomes another',
    { const: 'a' },
    { const: 'b', 'x-enum-since': { b: '1.1' } },
    'IN_ENUM_VALUE_REMOVED =a; IN_ENUM_VALUE_ADDED =b',
    `OUT_ENUM_VALUE_REMOVED =a; ${OUT_NEW}`,
  ],
  ['a value removed', { enum: ['a', 'b'] }, { enum: ['a'] }, 'IN_ENUM_VALUE_REMOVED =b', 'OUT_ENUM_VALUE_REMOVED =b'],
  [
    'a value added, with since and fallback',
    { enum: ['a'] },
    { enum: ['a', 'b'], ...safe },
    'IN_ENUM_VALUE_ADDED =b',
    'OUT_ENUM_VALUE_ADDED_SAFE =b',
  ],
  [
    'a value added, with since alone',
    { enum: ['a'] },
    { enum: ['a', 'b'], 'x-enum-since': { b: '1.1' } },
    'IN_ENUM_VALUE_ADDED =b',
    OUT_NEW,
  ],
  [
    'a value added to an enum that was open',
    { enum: ['a'], 'x-open': true },
    { enum: ['a', 'b'], 'x-open': true, 'x-enum-since': { b: '1.1' } },
    'IN_ENUM_VALUE_ADDED =b',
    'OUT_ENUM_VALUE_ADDED_SAFE =b',
  ],
  [
    'a value added to an enum that is closed at the same time',
    { enum: ['a'], 'x-open': true },
    { enum: ['a', 'b'], 'x-enum-since': { b: '1.1' } },
    'IN_ENUM_VALUE_ADDED =b',
    'OUT_ENUM_VALUE_ADDED_SAFE =b',
  ],
  [
    'a value added to an enum that is opened at the same time',
    { enum: ['a'] },
    { enum: ['a', 'b'], 'x-open': true, 'x-enum-since': { b: '1.1' } },
    'IN_ENUM_VALUE_ADDED =b',
    OUT_NEW,
  ],
  [
    'a number added',
    { type: 'integer', enum: [1] },
    { type: 'integer', enum: [1, 2], 'x-enum-since': { 2: '1.1' }, 'x-enum-fallback': { 2: 1 } },
    'IN_ENUM_VALUE_ADDED =2',
    'OUT_ENUM_VALUE_ADDED_SAFE =2',
  ],
  [
    'a value of another type, where no type is said',
    { enum: ['a'] },
    { enum: ['a', 1], 'x-enum-since': { 1: '1.1' }, 'x-enum-fallback': { 1: 'a' } },
    'IN_ENUM_VALUE_ADDED =1',
    'OUT_ENUM_VALUE_ADDED_SAFE =1',
  ],
  [
    'values of another type, where no type is said',
    { enum: ['1'] },
    { const: 2, 'x-enum-since': { 2: '1.1' } },
    'IN_ENUM_VALUE_REMOVED =1; IN_ENUM_VALUE_ADDED =2',
    'OUT_ENUM_VALUE_REMOVED =1; OUT_ENUM_VALUE_ADDED =2',
  ],
  ['a typeless enum becomes typed', { enum: ['a'] }, { type: 'string', enum: ['a'] }, '', ''],
  ['a typeless enum of integers becomes typed', { enum: [1, 2] }, { type: 'integer', enum: [1, 2] }, '', ''],
  // what an enum without a type accepts is of the types of its values
  ['a typeless enum becomes its type', { enum: ['a'] }, S, LOOSER, 'OUT_CONSTRAINT_LOOSENED'],
  ['a type becomes an enum without a type', S, { enum: ['a'] }, 'IN_CONSTRAINT_TIGHTENED', 'OUT_CONSTRAINT_TIGHTENED'],
  [
    'values and null in the list of types',
    { type: ['string', 'null'], enum: ['a', null] },
    { type: ['string', 'null'], enum: ['a', 'b', null], ...safe },
    'IN_ENUM_VALUE_ADDED =b',
    'OUT_ENUM_VALUE_ADDED_SAFE =b',
  ],
  [
    'values in items',
    list({ enum: ['a', 'b'] }),
    list({ enum: ['a'] }),
    'IN_ENUM_VALUE_REMOVED []=b',
    'OUT_ENUM_VALUE_REMOVED []=b',
  ],
];
