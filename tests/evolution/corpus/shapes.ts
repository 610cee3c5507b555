/** Changes of objects, lists, maps, unions, codecs and validators: before, after, findings as an input, findings as an output. */
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { I, list, map, N, NULL, object, ref, S, type TypeChange } from './pair';

const WIDER = 'IN_TYPE_WIDENED; WIDENED_UNGATED';
const at = (schema: object) => ({ ...schema, 'x-since': '1.1' });

/** Fields. */
export const FIELDS: readonly TypeChange[] = [
  ['required field added', object({ a: S }), object({ a: S, b: at(S) }), 'IN_FIELD_ADDED_REQUIRED .b', 'OUT_FIELD_ADDED .b'],
  ['optional field added', object({ a: S }), object({ a: S, 'b?': at(S) }), 'IN_FIELD_ADDED_OPTIONAL .b', 'OUT_FIELD_ADDED .b'],
  [
    'optional field added without since',
    object({ a: S }),
    object({ a: S, 'b?': S }),
    'IN_FIELD_ADDED_OPTIONAL .b; SINCE_MISSING .b',
    'OUT_FIELD_ADDED .b; SINCE_MISSING .b',
  ],
  [
    'optional field added as of a released version',
    object({ a: S }),
    object({ a: S, 'b?': { ...S, 'x-since': '1.0' } }),
    'IN_FIELD_ADDED_OPTIONAL .b; SINCE_BACKDATED .b',
    'OUT_FIELD_ADDED .b; SINCE_BACKDATED .b',
  ],
  ['required field removed', object({ a: S, b: S }), object({ a: S }), 'IN_FIELD_REMOVED .b', 'OUT_FIELD_REMOVED .b'],
  ['optional field removed', object({ a: S, 'b?': S }), object({ a: S }), 'IN_FIELD_REMOVED .b', 'OUT_OPTIONAL_FIELD_REMOVED .b'],
  ['field made required', object({ 'b?': S }), object({ b: S }), 'IN_FIELD_MADE_REQUIRED .b', 'OUT_FIELD_MADE_REQUIRED .b'],
  [
    'field made optional',
    object({ b: S }),
    object({ 'b?': S }),
    'IN_FIELD_MADE_OPTIONAL .b; WIDENED_UNGATED .b',
    'OUT_FIELD_MADE_OPTIONAL .b',
  ],
  [
    'field made optional, and it says since when',
    object({ b: S }),
    object({ 'b?': { ...S, 'x-was': [{ before: '1.1', required: true }] } }),
    'IN_FIELD_MADE_OPTIONAL .b',
    'OUT_FIELD_MADE_OPTIONAL .b',
  ],
  ['the order of fields', object({ a: S, b: I }), object({ b: I, a: S }), '', ''],
  ['type of a field', object({ b: N }), object({ b: I }), 'IN_TYPE_NARROWED .b', 'OUT_TYPE_NARROWED .b'],
  [
    'field of a field',
    object({ a: object({ b: S }) }),
    object({ a: object({ b: S, 'c?': at(S) }) }),
    'IN_FIELD_ADDED_OPTIONAL .a.c',
    'OUT_FIELD_ADDED .a.c',
  ],
  [
    'made optional and of another type',
    object({ b: S }),
    object({ 'b?': N }),
    'IN_FIELD_MADE_OPTIONAL .b; IN_TYPE_CHANGED .b; WIDENED_UNGATED .b',
    'OUT_FIELD_MADE_OPTIONAL .b; OUT_TYPE_CHANGED .b',
  ],
  ['no fields to some', { type: 'object' }, object({ 'b?': at(S) }), 'IN_FIELD_ADDED_OPTIONAL .b', 'OUT_FIELD_ADDED .b'],
  ['since raised', object({ 'b?': S }), object({ 'b?': at(S) }), 'SINCE_RAISED .b', 'SINCE_RAISED .b'],
  ['since removed', object({ 'b?': at(S) }), object({ 'b?': S }), 'SINCE_REMOVED .b', 'SINCE_REMOVED .b'],
  ['since written out', object({ 'b?': S }), object({ 'b?': { ...S, 'x-since': '1.0' } }), '', ''],
];

/** Default values of fields. */
export const FIELD_DEFAULTS: readonly TypeChange[] = [
  ['default changed', object({ 'n?': { ...I, default: 10 } }), object({ 'n?': { ...I, default: 50 } }), 'DEFAULT_CHANGED .n', ''],
  ['default added', object({ 'n?': I }), object({ 'n?': { ...I, default: 10 } }), 'DEFAULT_ADDED .n', ''],
  ['default removed', object({ 'n?': { ...I, default: 10 } }), object({ 'n?': I }), 'DEFAULT_REMOVED .n', ''],
  ['default kept', object({ 'n?': { ...I, default: 0 } }), object({ 'n?': { ...I, default: 0 } }), '', ''],
  [
    'default of a falsy value',
    object({ 'n?': { ...I, default: 0 } }),
    object({ 'n?': { ...I, default: null } }),
    'DEFAULT_CHANGED .n',
    '',
  ],
  [
    'default of an object, in another order',
    object({ 'o?': { type: 'object', default: { a: 1, b: 2 } } }),
    object({ 'o?': { type: 'object', default: { b: 2, a: 1 } } }),
    '',
    '',
  ],
];

/** Open and closed objects, lists, maps. */
export const CONTENTS: readonly TypeChange[] = [
  [
    'closed',
    object({ a: S }, { additionalProperties: true }),
    object({ a: S }, { additionalProperties: false }),
    'IN_CONTENT_CLOSED',
    '',
  ],
  [
    'closed, and it was not said to be open',
    object({ a: S }),
    object({ a: S }, { additionalProperties: false }),
    'IN_CONTENT_CLOSED',
    '',
  ],
  ['opened', object({ a: S }, { additionalProperties: false }), object({ a: S }), '', ''],
  ['open, written out', object({ a: S }), object({ a: S }, { additionalProperties: true }), '', ''],
  ['values of a map', map(S), map(N), 'IN_TYPE_CHANGED {}', 'OUT_TYPE_CHANGED {}'],
  ['values of a map, wider', map(I), map(N), 'IN_TYPE_WIDENED {}; WIDENED_UNGATED {}', 'OUT_TYPE_WIDENED {}'],
  ['a map closed', map(S), { type: 'object', additionalProperties: false }, 'IN_CONTENT_CLOSED', ''],
  ['items', list(S), list(N), 'IN_TYPE_CHANGED []', 'OUT_TYPE_CHANGED []'],
  ['items of items', list(list(N)), list(list(I)), 'IN_TYPE_NARROWED [][]', 'OUT_TYPE_NARROWED [][]'],
  [
    'fields of items',
    list(object({ a: S })),
    list(object({ a: S, 'b?': at(S) })),
    'IN_FIELD_ADDED_OPTIONAL [].b',
    'OUT_FIELD_ADDED [].b',
  ],
  ['items of which nothing was said', { type: 'array' }, list(S), 'IN_TYPE_NARROWED []', 'OUT_TYPE_NARROWED []'],
  [
    'items of which nothing is said any more',
    list(S),
    { type: 'array' },
    'IN_TYPE_WIDENED []; WIDENED_UNGATED []',
    'OUT_TYPE_WIDENED []',
  ],
  ['a list instead of a value', S, list(S), 'IN_TYPE_CHANGED', 'OUT_TYPE_CHANGED'],
];

const AD = { A: object({ k: { const: 'a' } }), D: object({ k: { const: 'd' } }) };
const union = (...members: object[]) => ({ anyOf: members });
const A = ref('A');
const D = ref('D');

/** Unions. */
export const UNIONS: readonly TypeChange[] = [
  ['member added', union(A), union(A, D), 'IN_UNION_MEMBER_ADDED |D; WIDENED_UNGATED |D', 'OUT_UNION_MEMBER_ADDED |D', AD],
  ['member removed', union(A, D), union(A), 'IN_UNION_MEMBER_REMOVED |D', 'OUT_UNION_MEMBER_REMOVED |D', AD],
  ['the order of members', union(A, D), union(D, A), '', '', AD],
  [
    'a member instead of another',
    union(A, D),
    union(A, S),
    'IN_UNION_MEMBER_REMOVED |D; IN_UNION_MEMBER_ADDED |string; WIDENED_UNGATED |string',
    'OUT_UNION_MEMBER_REMOVED |D; OUT_UNION_MEMBER_ADDED |string',
    AD,
  ],
  ['null and a union of another', union(A, NULL), union(S, NULL), 'IN_TYPE_CHANGED', 'OUT_TYPE_CHANGED', AD],
  ['a list with null and a union without', { type: ['string', 'null'] }, union(S, N, NULL), WIDER, 'OUT_TYPE_WIDENED'],
  ['a plain type becomes a union with it', A, union(A, D), WIDER, 'OUT_TYPE_WIDENED', AD],
  ['a union becomes one of its members', union(A, D), A, 'IN_TYPE_NARROWED', 'OUT_TYPE_NARROWED', AD],
  ['a plain type against a union without it', S, union(A, D), 'IN_TYPE_CHANGED', 'OUT_TYPE_CHANGED', AD],
  ['a string becomes a string or number', S, union(S, N), WIDER, 'OUT_TYPE_WIDENED'],
  ['an integer becomes a string or number', I, union(S, N), WIDER, 'OUT_TYPE_WIDENED'],
  ['a string or number becomes a string', union(S, N), S, 'IN_TYPE_NARROWED', 'OUT_TYPE_NARROWED'],
  ['a union of plain types is their list', union(S, N), { type: ['string', 'number'] }, '', ''],
  ['null joins a union', union(A, D), union(A, D, NULL), 'IN_NULL_ADDED; WIDENED_UNGATED', 'OUT_NULL_ADDED', AD],
  [
    'discriminator changed',
    { ...union(A, D), 'x-discriminator': 'kind' },
    { ...union(A, D), 'x-discriminator': 'type' },
    'DISCRIMINATOR_CHANGED',
    'DISCRIMINATOR_CHANGED',
    AD,
  ],
  [
    'discriminator stops the members',
    { ...union(A, D), 'x-discriminator': 'kind' },
    { ...union(A), 'x-discriminator': 'type' },
    'DISCRIMINATOR_CHANGED',
    'DISCRIMINATOR_CHANGED',
    AD,
  ],
];

/** A member whose discriminator `kind` has a value; the version that added the member. */
const kind = (type: SchemaDocument, tag: string, since?: string): SchemaDocument => ({
  ...type,
  properties: { kind: { const: tag } },
  required: ['kind'],
  ...(since !== undefined && { 'x-since': since }),
});
const told = (members: readonly SchemaDocument[], fallbacks?: Readonly<Record<string, string>>): SchemaDocument => ({
  anyOf: members,
  'x-discriminator': 'kind',
  ...(fallbacks !== undefined && { 'x-enum-fallback': fallbacks }),
});
const ADE = { A: object({ a: S }), D: object({ a: S }), E: object({ a: S }) };
const E = ref('E');
const both = [kind(A, 'a'), kind(D, 'd')] as const;

/** Unions whose members are told apart by the value of a property. */
export const TOLD_UNIONS: readonly TypeChange[] = [
  ['the order of members', told(both), told([both[1], both[0]]), '', '', ADE],
  [
    'member added without since',
    told(both),
    told([...both, kind(E, 'e')]),
    'IN_UNION_MEMBER_ADDED |E; WIDENED_UNGATED |E',
    'OUT_UNION_MEMBER_ADDED |E',
    ADE,
  ],
  [
    'member added with since',
    told(both),
    told([...both, kind(E, 'e', '1.1')]),
    'IN_UNION_MEMBER_ADDED |E',
    'OUT_UNION_MEMBER_ADDED |E',
    ADE,
  ],
  [
    'member added with since and fallback',
    told(both),
    told([...both, kind(E, 'e', '1.1')], { e: 'a' }),
    'IN_UNION_MEMBER_ADDED |E',
    'OUT_UNION_MEMBER_ADDED_SAFE |E',
    ADE,
  ],
  [
    'a fallback without since',
    told(both),
    told([...both, kind(E, 'e')], { e: 'a' }),
    'IN_UNION_MEMBER_ADDED |E; WIDENED_UNGATED |E',
    'OUT_UNION_MEMBER_ADDED |E',
    ADE,
  ],
  [
    'member added as of a released version',
    told(both),
    told([...both, kind(E, 'e', '1.0')], { e: 'a' }),
    'IN_UNION_MEMBER_ADDED |E; SINCE_BACKDATED |E; WIDENED_UNGATED |E',
    'OUT_UNION_MEMBER_ADDED_SAFE |E; SINCE_BACKDATED |E',
    ADE,
  ],
  [
    'a fallback lost',
    told([...both, kind(E, 'e', '1.0')], { e: 'a' }),
    told([...both, kind(E, 'e', '1.0')]),
    '',
    'OUT_UNION_MEMBER_ADDED |E',
    ADE,
  ],
  ['since raised', told(both), told([both[0], kind(D, 'd', '1.1')]), 'SINCE_RAISED |D', 'SINCE_RAISED |D', ADE],
  ['member removed', told([...both, kind(E, 'e')]), told(both), 'IN_UNION_MEMBER_REMOVED |E', 'OUT_UNION_MEMBER_REMOVED |E', ADE],
  ['the class of a member renamed', told(both), told([both[0], kind(E, 'd')]), 'TYPE_RENAMED |D', 'TYPE_RENAMED |D', ADE],
  [
    'the value of a member renamed',
    told(both),
    told([both[0], kind(D, 'e')]),
    'IN_UNION_MEMBER_REMOVED |D; IN_UNION_MEMBER_ADDED |D; WIDENED_UNGATED |D',
    'OUT_UNION_MEMBER_REMOVED |D; OUT_UNION_MEMBER_ADDED |D',
    ADE,
  ],
  [
    'the values of two members swapped',
    told(both),
    told([kind(A, 'd'), kind(D, 'a')]),
    'TYPE_RENAMED |A; TYPE_RENAMED |D',
    'TYPE_RENAMED |A; TYPE_RENAMED |D',
    ADE,
  ],
];

const codec = (name: string, schema: object = S) => ({ ...schema, 'x-codec': name });
const guard = (...names: string[]) => ({ ...S, 'x-validators': names.map((name) => ({ name })) });

/** Codecs and validators. */
export const CODECS: readonly TypeChange[] = [
  ['codec changed', codec('date-iso'), codec('date-epoch'), 'CODEC_CHANGED', 'CODEC_CHANGED'],
  ['codec stops the rest', codec('date-iso'), codec('date-epoch', I), 'CODEC_CHANGED', 'CODEC_CHANGED'],
  [
    'codec comes before the default',
    object({ 'd?': { ...codec('a'), default: '1' } }),
    object({ 'd?': { ...codec('b'), default: '2' } }),
    'CODEC_CHANGED .d',
    'CODEC_CHANGED .d',
  ],
  ['codec appears', S, codec('date-iso'), 'CODEC_CHANGED', 'CODEC_CHANGED'],
  ['codec kept', codec('date-iso'), codec('date-iso'), '', ''],
  ['validator added', S, guard('IsCidr'), 'IN_VALIDATOR_ADDED', ''],
  // info only: the page counts a removed validator among the quiet changes
  ['validator removed', guard('IsCidr'), S, 'IN_VALIDATOR_REMOVED', ''],
  ['the order of validators', guard('IsCidr', 'IsMac'), guard('IsMac', 'IsCidr'), '', ''],
  ['a validator more', guard('IsCidr'), guard('IsCidr', 'IsMac'), 'IN_VALIDATOR_ADDED', ''],
];
