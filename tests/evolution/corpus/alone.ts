/** Single contracts, and all findings of lint. */
import type { ContractDocument } from '@concord-rpc/core';
import { arg, B, fleet, I, list, map, method, object, ref, S, svc } from './pair';

/** A contract, and all findings in it, as `RULE path`. */
export type Alone = readonly [says: string, contract: ContractDocument, ...finds: string[]];

const get = (version: string, args: Parameters<typeof method>[0] = [], more: object = {}) =>
  svc(version, { get: method(args, more) });
const late = (name: string, since: string, more: object = {}) => arg(name, S, { since, ...more });
const typed = (P: object) => svc('1.2', { get: method([], { returns: ref('P') }) }, { P });
const sharing = (since: unknown, b = 'B@2') => {
  const methods = { get: method([], { returns: ref('P') }) };
  const x = { ...S, 'x-since': since as string };
  return fleet(
    { 'A@1': { version: '1.4', methods }, [b]: { version: b.endsWith('2') ? '2.4' : '1.4', methods } },
    { P: object({ x }) },
  );
};

/** Versions and subjects. */
export const VERSIONS_ALONE: readonly Alone[] = [
  ['sound', get('1.2', ['a', late('b?', '1.2')], { since: '1.1' })],
  ['a version of another major', get('2.0'), 'VERSION_INVALID Svc@1'],
  ['a version of three parts', get('1.0.0'), 'VERSION_INVALID Svc@1'],
  ['a version of one part', get('1'), 'VERSION_INVALID Svc@1'],
  ['a version with zeros before', get('1.01'), 'VERSION_INVALID Svc@1'],
  ['a version with letters', get('1.x'), 'VERSION_INVALID Svc@1'],
  ['a version with a sign', get('1.-1'), 'VERSION_INVALID Svc@1'],
  // of two on the same subjects the later by name is named
  ['the same subjects', fleet({ 'A@1': { topic: 't' }, 'B@1': { topic: 't' } }), 'ENDPOINT_SUBJECT_COLLISION B@1'],
  ['another namespace', fleet({ 'A@1': { topic: 't' }, 'B@1': { topic: 't', namespace: 'n' } })],
  ['another major', fleet({ 'A@1': { topic: 't' }, 'A@2': { topic: 't', version: '2.0' } })],
  ['another topic', fleet({ 'A@1': { topic: 't' }, 'B@1': { topic: 'u' } })],
];

/** Declared `since`. */
export const SINCE_ALONE: readonly Alone[] = [
  ['of three parts', get('1.2', [], { since: '1.1.0' }), 'SINCE_INVALID Svc@1/get'],
  ['of nothing', get('1.2', [], { since: '' }), 'SINCE_INVALID Svc@1/get'],
  ['above the endpoint', get('1.2', [late('a?', '1.3')]), 'SINCE_ABOVE_ENDPOINT Svc@1/get/args/a'],
  ['above, as numbers are', get('1.9', [late('a?', '1.10')]), 'SINCE_ABOVE_ENDPOINT Svc@1/get/args/a'],
  [
    'of another major, and above: the first that applies',
    get('1.2', [late('a?', '2.5')]),
    'SINCE_MAJOR_MISMATCH Svc@1/get/args/a',
  ],
  [
    'of an older major',
    fleet({ 'Svc@2': { version: '2.1', methods: { get: method([], { since: '1.2' }) } } }),
    'SINCE_MAJOR_MISMATCH Svc@2/get',
  ],
  ['an argument before its method', get('1.2', [late('a', '1.1')], { since: '1.2' }), 'SINCE_BEFORE_PARENT Svc@1/get/args/a'],
  [
    'an error before its method',
    get('1.2', [], { since: '1.2', errors: { E: { since: '1.1' } } }),
    'SINCE_BEFORE_PARENT Svc@1/get/errors/E',
  ],
  [
    'an unsound one is not compared with its method',
    get('1.2', [late('a?', '1.9')], { since: '1.2' }),
    'SINCE_ABOVE_ENDPOINT Svc@1/get/args/a',
  ],
  ['of an error', get('1.2', [], { errors: { E: { since: '1.3' } } }), 'SINCE_ABOVE_ENDPOINT Svc@1/get/errors/E'],
  ['of a field', typed(object({ 'x?': { ...S, 'x-since': '1.3' } })), 'SINCE_ABOVE_ENDPOINT types/P.x'],
  ['of a value', typed({ enum: ['a', 'b'], 'x-enum-since': { b: '1.3' } }), 'SINCE_ABOVE_ENDPOINT types/P=b'],
  ['of a field far down', typed(list(map(object({ 'x?': { ...S, 'x-since': 'soon' } })))), 'SINCE_INVALID types/P[]{}.x'],
  [
    'of a field in place',
    get('1.2', [arg('p', object({ 'x?': { ...S, 'x-since': '2.0' } }))]),
    'SINCE_MAJOR_MISMATCH Svc@1/get/args/p.x',
  ],
  ['of a type that no method reaches', svc('1.2', { get: method() }, { P: object({ 'x?': { ...S, 'x-since': '9.9' } }) })],
  [
    'of a type that holds itself',
    typed(object({ 'next?': { ...ref('P'), 'x-since': '1.3' } })),
    'SINCE_ABOVE_ENDPOINT types/P.next',
  ],
  ['a map, judged for each', sharing({ A: '1.4', B: '2.5' }), 'SINCE_ABOVE_ENDPOINT types/P.x'],
  ['a map that is true', sharing({ A: '1.4', B: '2.4' })],
  ['a word that two endpoints share, and it is sound in both', sharing('1.4', 'B@1'), 'SINCE_AMBIGUOUS types/P.x'],
  [
    'a word that two endpoints share, and it is of one',
    sharing('1.4'),
    'SINCE_AMBIGUOUS types/P.x',
    'SINCE_MAJOR_MISMATCH types/P.x',
  ],
];

/** Late arguments. */
export const LATE_ALONE: readonly Alone[] = [
  ['required', get('1.2', ['a', late('b', '1.2')]), 'LATE_ARG_REQUIRED Svc@1/get/args/b'],
  ['required, but with a default', get('1.2', ['a', late('b', '1.2', { default: 'x' })])],
  ['required, and as old as its method', get('1.2', [late('b', '1.2')], { since: '1.2' })],
  ['before one that is older', get('1.2', ['id', late('x?', '1.2'), 'y?']), 'LATE_ARG_NOT_LAST Svc@1/get/args/x'],
  ['before one that is younger', get('1.2', [late('x?', '1.1'), late('y?', '1.2')])],
  ['before one that is less young', get('1.2', [late('x?', '1.2'), late('y?', '1.1')]), 'LATE_ARG_NOT_LAST Svc@1/get/args/x'],
  ['1.9 is before 1.10', get('1.10', [late('x?', '1.9'), late('y?', '1.10')])],
];

const until = (removeIn?: string) => ({ deprecated: { since: '1.1', ...(removeIn !== undefined && { removeIn }) } });

/** Deprecations. */
export const REMOVAL_ALONE: readonly Alone[] = [
  ['in the next major', get('1.5', [], until('2.0'))],
  ['in a later major', get('1.5', [], until('3.0'))],
  ['without an end', get('1.5', [], until()), 'DEPRECATION_NO_REMOVAL Svc@1/get'],
  ['within the major', get('1.4', [], until('1.5')), 'SUNSET_WITHIN_MAJOR Svc@1/get'],
  ['in a minor of the next major', get('1.4', [], until('2.1')), 'SUNSET_WITHIN_MAJOR Svc@1/get'],
  ['overdue, and within the major: the first that applies', get('1.5', [], until('1.5')), 'REMOVAL_OVERDUE Svc@1/get'],
  ['overdue', fleet({ 'Svc@2': { version: '2.0', methods: { get: method([], until('2.0')) } } }), 'REMOVAL_OVERDUE Svc@2/get'],
  ['of an argument', get('1.5', [arg('a?', S, until())]), 'DEPRECATION_NO_REMOVAL Svc@1/get/args/a'],
];

/** Positions of unknown types. */
export const UNCHECKED_ALONE: readonly Alone[] = [
  ['an argument', get('1.0', [arg('a', {})]), 'UNCHECKED_TYPE Svc@1/get/args/a'],
  [
    'an argument of which only the TypeScript is known',
    get('1.0', [arg('a', { 'x-ts': 'any' })]),
    'UNCHECKED_TYPE Svc@1/get/args/a',
  ],
  ['a result', get('1.0', [], { returns: {} }), 'UNCHECKED_TYPE Svc@1/get/returns'],
  ['items', get('1.0', [arg('a', list({}))]), 'UNCHECKED_TYPE Svc@1/get/args/a[]'],
  ['map values', get('1.0', [arg('a', map({}))]), 'UNCHECKED_TYPE Svc@1/get/args/a{}'],
  ['a field', typed(object({ a: { description: 'Anything.' } })), 'UNCHECKED_TYPE types/P.a'],
  ['a type that does not exist', svc('1.0', { get: method([], { returns: ref('Absent') }) }), 'UNCHECKED_TYPE types/Absent'],
  [
    'what says something',
    get('1.0', [
      arg('a', { enum: ['x'] }),
      arg('b', { const: 1 }),
      arg('c', { anyOf: [S, I] }),
      arg('d', B),
      arg('e', object({})),
    ]),
  ],
  ['void is no type', get('1.0', [], { returns: null })],
];
