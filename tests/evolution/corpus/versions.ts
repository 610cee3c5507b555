/** Changes of versions and of `since`: before, after, and all findings. */

import { arg, type Change, fleet, I, list, method, N, object, ref, S, svc } from './pair';

const MISSING = 'MINOR_BUMP_MISSING Svc@1';
const UNUSED = 'MINOR_BUMP_UNUSED Svc@1';
const get = (version: string, args: Parameters<typeof method>[0] = [], more: object = {}) =>
  svc(version, { get: method(args, more) });
const grown = (version: string, since?: string) =>
  svc(version, { get: method(), list: method([], since === undefined ? {} : { since }) });

/** The minor. */
export const MINORS: readonly Change[] = [
  ['went back', get('1.4'), get('1.3'), 'VERSION_DECREASED Svc@1'],
  ['went back, as numbers do', get('1.10'), get('1.9'), 'VERSION_DECREASED Svc@1'],
  ['1.9 to 1.10', get('1.9'), grown('1.10', '1.10'), 'METHOD_ADDED Svc@1/list'],
  ['skipped', get('1.1'), grown('1.3', '1.3'), 'METHOD_ADDED Svc@1/list', 'MINOR_BUMP_SKIPPED Svc@1'],
  ['unused', get('1.1'), get('1.2'), UNUSED],
  [
    'unused, for a change that costs nothing',
    get('1.1', [], { timeoutMs: 9 }),
    get('1.2', [], { timeoutMs: 8 }),
    'METHOD_TIMEOUT_LOWERED Svc@1/get',
    UNUSED,
  ],
  ['used by a break', get('1.1', ['x?']), get('1.2', ['x']), 'ARG_MADE_REQUIRED Svc@1/get/args/x'],
  [
    'missing, and the addition is as of what was released',
    get('1.1'),
    grown('1.1', '1.1'),
    'METHOD_ADDED Svc@1/list',
    MISSING,
    'SINCE_BACKDATED Svc@1/list',
  ],
  [
    'missing, once however much grew',
    svc('1.1', { get: method() }),
    svc('1.1', { get: method([arg('a?')]), list: method() }),
    'ARG_ADDED_OPTIONAL Svc@1/get/args/a',
    'METHOD_ADDED Svc@1/list',
    MISSING,
    'SINCE_MISSING Svc@1/get/args/a',
    'SINCE_MISSING Svc@1/list',
  ],
  ['not missing for a break', get('1.1', ['a', 'b']), get('1.1', ['a']), 'ARG_REMOVED Svc@1/get/args/b'],
  [
    'missing through a type that is reached',
    svc('1.1', { get: method([], { returns: list(ref('P')) }) }, { P: object({ q: ref('Q') }), Q: object({ a: N }) }),
    svc('1.1', { get: method([], { returns: list(ref('P')) }) }, { P: object({ q: ref('Q') }), Q: object({ a: I }) }),
    MISSING,
    'OUT_TYPE_NARROWED types/Q.a',
  ],
  [
    'not moved by a type that is not reached',
    svc('1.1', { get: method() }, { P: object({ a: N }) }),
    svc('1.1', { get: method() }, { P: object({ a: I }) }),
  ],
  [
    'of two endpoints, each its own',
    fleet({ 'A@1': { methods: { m: method([], { returns: ref('P') }) } }, 'B@1': {} }, { P: object({ a: N }) }),
    fleet({ 'A@1': { methods: { m: method([], { returns: ref('P') }) } }, 'B@1': { version: '1.1' } }, { P: object({ a: I }) }),
    'MINOR_BUMP_MISSING A@1',
    'MINOR_BUMP_UNUSED B@1',
    'OUT_TYPE_NARROWED types/P.a',
  ],
];

/** Declared `since`. */
export const SINCE: readonly Change[] = [
  ['a method without', get('1.0'), grown('1.1'), 'METHOD_ADDED Svc@1/list', 'SINCE_MISSING Svc@1/list'],
  ['a method as of the first version', get('1.0'), grown('1.1', '1.0'), 'METHOD_ADDED Svc@1/list', 'SINCE_BACKDATED Svc@1/list'],
  [
    'an argument without',
    get('1.1'),
    get('1.2', [arg('a?')]),
    'ARG_ADDED_OPTIONAL Svc@1/get/args/a',
    'SINCE_MISSING Svc@1/get/args/a',
  ],
  [
    'an argument as of a released version',
    get('1.1'),
    get('1.2', [arg('a?', S, { since: '1.1' })]),
    'ARG_ADDED_OPTIONAL Svc@1/get/args/a',
    'SINCE_BACKDATED Svc@1/get/args/a',
  ],
  [
    'an argument as of 1.10 on 1.9',
    get('1.9'),
    get('1.10', [arg('a?', S, { since: '1.10' })]),
    'ARG_ADDED_OPTIONAL Svc@1/get/args/a',
  ],
  [
    'the parts of a new method',
    get('1.0'),
    svc('1.1', { get: method(), list: method(['a', arg('b?')], { since: '1.1', returns: object({ x: S }), errors: { E: {} } }) }),
    'METHOD_ADDED Svc@1/list',
  ],
  [
    'the parts of a new field',
    get('1.0', [arg('p', object({}))]),
    get('1.1', [arg('p', object({ 'q?': { ...object({ 'r?': S }), 'x-since': '1.1' } }))]),
    'IN_FIELD_ADDED_OPTIONAL Svc@1/get/args/p.q',
  ],
  [
    'the type of a new method that was there before',
    svc('1.0', { get: method() }, { P: object({ a: S }) }),
    svc('1.1', { get: method(), list: method([], { since: '1.1', returns: ref('P') }) }, { P: object({ a: S, 'b?': S }) }),
    'METHOD_ADDED Svc@1/list',
  ],
  ['raised', get('1.2', [], { since: '1.1' }), get('1.2', [], { since: '1.2' }), 'SINCE_RAISED Svc@1/get'],
  ['raised from nothing said', get('1.2'), get('1.2', [], { since: '1.1' }), 'SINCE_RAISED Svc@1/get'],
  ['lowered', get('1.2', [], { since: '1.2' }), get('1.2', [], { since: '1.1' }), 'SINCE_LOWERED Svc@1/get'],
  ['removed', get('1.2', [], { since: '1.2' }), get('1.2'), 'SINCE_REMOVED Svc@1/get'],
  ['written out', get('1.2'), get('1.2', [], { since: '1.0' })],
  ['no longer written out', get('1.2', [], { since: '1.0' }), get('1.2')],
  [
    'raised from 1.9 to 1.10',
    get('1.10', [arg('a?', S, { since: '1.9' })]),
    get('1.10', [arg('a?', S, { since: '1.10' })]),
    'SINCE_RAISED Svc@1/get/args/a',
  ],
  [
    'of an error lowered',
    get('1.2', [], { errors: { E: { since: '1.2' } } }),
    get('1.2', [], { errors: { E: { since: '1.1' } } }),
    'SINCE_LOWERED Svc@1/get/errors/E',
  ],
  [
    'of an error as of a released version',
    get('1.1'),
    get('1.2', [], { errors: { E: { since: '1.1' } } }),
    'ERROR_ADDED Svc@1/get/errors/E',
    'SINCE_BACKDATED Svc@1/get/errors/E',
  ],
  [
    'of a value removed',
    get('1.2', [arg('a', { enum: ['x', 'y'], 'x-enum-since': { y: '1.2' } })]),
    get('1.2', [arg('a', { enum: ['x', 'y'] })]),
    'SINCE_REMOVED Svc@1/get/args/a=y',
  ],
  [
    'of a value that comes in without',
    get('1.0', [arg('a', { enum: ['x'] })]),
    get('1.1', [arg('a', { enum: ['x', 'y'] })]),
    'IN_ENUM_VALUE_ADDED Svc@1/get/args/a=y',
    'SINCE_MISSING Svc@1/get/args/a=y',
  ],
];

const shared = (a: string, b: string, P: object) => {
  const methods = { m: method([], { returns: ref('P') }) };
  return fleet({ 'A@1': { version: a, methods }, 'B@1': { version: b, methods } }, { P });
};

/** `since` in types that endpoints share. */
export const SHARED: readonly Change[] = [
  [
    'a map for both',
    shared('1.0', '1.4', object({})),
    shared('1.1', '1.5', object({ x: { ...S, 'x-since': { A: '1.1', B: '1.5' } } })),
    'OUT_FIELD_ADDED types/P.x',
  ],
  [
    'a map that lacks one',
    shared('1.0', '1.4', object({})),
    shared('1.1', '1.5', object({ x: { ...S, 'x-since': { A: '1.1' } } })),
    'OUT_FIELD_ADDED types/P.x',
    'SINCE_MISSING types/P.x',
  ],
  [
    'a map that is as of a released version of one',
    shared('1.0', '1.4', object({})),
    shared('1.1', '1.5', object({ x: { ...S, 'x-since': { A: '1.1', B: '1.4' } } })),
    'OUT_FIELD_ADDED types/P.x',
    'SINCE_BACKDATED types/P.x',
  ],
  [
    'a map that moves for one',
    shared('1.2', '1.5', object({ x: { ...S, 'x-since': { A: '1.1', B: '1.5' } } })),
    shared('1.2', '1.5', object({ x: { ...S, 'x-since': { A: '1.2', B: '1.5' } } })),
    'SINCE_RAISED types/P.x',
  ],
  [
    'a map instead of a word that says the same',
    shared('1.2', '1.2', object({ x: { ...S, 'x-since': '1.1' } })),
    shared('1.2', '1.2', object({ x: { ...S, 'x-since': { A: '1.1', B: '1.1' } } })),
  ],
];
