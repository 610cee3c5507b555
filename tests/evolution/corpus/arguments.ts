/** Changes of arguments, defaults, results and errors: before, after, and all findings. */
import { arg, B, type Change, I, list, method, N, object, ref, S, svc } from './pair';

const NEW = { since: '1.1' };
/** `get` with these arguments. */
const get = (version: string, args: Parameters<typeof method>[0], more: object = {}) => svc(version, { get: method(args, more) });

/** Arguments. */
export const ARGUMENTS: readonly Change[] = [
  ['gone', get('1.0', ['id', 'x']), get('1.0', ['id']), 'ARG_REMOVED Svc@1/get/args/x'],
  ['an optional one gone', get('1.0', ['id', 'x?']), get('1.0', ['id']), 'ARG_REMOVED Svc@1/get/args/x'],
  // said under the name that stands in the contract now
  ['renamed', get('1.0', ['id']), get('1.0', ['routerId']), 'ARG_RENAMED Svc@1/get/args/routerId'],
  [
    'renamed, and a type that is written in another order',
    get('1.0', [arg('id', { type: ['string', 'null'] })]),
    get('1.0', [arg('rid', { type: ['null', 'string'] })]),
    'ARG_RENAMED Svc@1/get/args/rid',
  ],
  [
    'renamed, but optional',
    get('1.0', ['id']),
    get('1.1', [arg('rid?', S, NEW)]),
    'ARG_ADDED_OPTIONAL Svc@1/get/args/rid',
    'ARG_REMOVED Svc@1/get/args/id',
  ],
  [
    'renamed, at another place',
    get('1.0', ['id', arg('n', I)]),
    get('1.0', [arg('n', I), 'rid']),
    'ARG_ADDED_REQUIRED Svc@1/get/args/rid',
    'ARG_REMOVED Svc@1/get/args/id',
  ],
  ['renamed to one that was there', get('1.0', ['a', 'b']), get('1.0', ['b']), 'ARG_REMOVED Svc@1/get/args/a'],
  ['two renamed', get('1.0', ['a', 'b']), get('1.0', ['c', 'd']), 'ARG_RENAMED Svc@1/get/args/c', 'ARG_RENAMED Svc@1/get/args/d'],
  [
    'renamed with alias',
    get('1.0', ['id']),
    get('1.1', [arg('rid', S, { ...NEW, aliases: ['id'] })]),
    'ARG_RENAMED_WITH_ALIAS Svc@1/get/args/rid',
  ],
  [
    'renamed with alias and of another type',
    get('1.0', ['id']),
    get('1.1', [arg('rid', I, { ...NEW, aliases: ['id'] })]),
    'ARG_RENAMED_WITH_ALIAS Svc@1/get/args/rid',
    'IN_TYPE_CHANGED Svc@1/get/args/rid',
  ],
  [
    'required one added',
    get('1.0', ['id']),
    get('1.1', ['id', arg('tenant', S, NEW)]),
    'ARG_ADDED_REQUIRED Svc@1/get/args/tenant',
  ],
  [
    'required one added without since: the break only',
    get('1.0', ['id']),
    get('1.0', ['id', 'tenant']),
    'ARG_ADDED_REQUIRED Svc@1/get/args/tenant',
  ],
  ['optional one added', get('1.0', ['id']), get('1.1', ['id', arg('full?', B, NEW)]), 'ARG_ADDED_OPTIONAL Svc@1/get/args/full'],
  [
    'one with a default added',
    get('1.0', ['id']),
    get('1.1', ['id', arg('n', I, { ...NEW, default: 3 })]),
    'ARG_ADDED_OPTIONAL Svc@1/get/args/n',
  ],
  [
    'one with a default and required added',
    get('1.0', ['id']),
    get('1.1', ['id', arg('n', I, { ...NEW, required: true, default: null })]),
    'ARG_ADDED_OPTIONAL Svc@1/get/args/n',
  ],
  [
    'added before an old one',
    get('1.0', ['id', 'x?']),
    get('1.1', ['id', arg('y?', S, NEW), 'x?']),
    'ARG_ADDED_NOT_LAST Svc@1/get/args/y',
    'ARG_ADDED_OPTIONAL Svc@1/get/args/y',
  ],
  [
    'required one added before an old one',
    get('1.0', ['id']),
    get('1.1', [arg('y', I, NEW), 'id']),
    'ARG_ADDED_NOT_LAST Svc@1/get/args/y',
    'ARG_ADDED_REQUIRED Svc@1/get/args/y',
  ],
  [
    'two added, both last',
    get('1.0', ['id']),
    get('1.1', ['id', arg('x?', S, NEW), arg('y?', S, NEW)]),
    'ARG_ADDED_OPTIONAL Svc@1/get/args/x',
    'ARG_ADDED_OPTIONAL Svc@1/get/args/y',
  ],
  ['reordered', get('1.0', ['a', 'b']), get('1.0', ['b', 'a']), 'ARG_REORDERED Svc@1/get/args'],
  [
    'reordered among those that stayed',
    get('1.0', ['a', 'b', 'c']),
    get('1.0', ['c', 'a']),
    'ARG_REMOVED Svc@1/get/args/b',
    'ARG_REORDERED Svc@1/get/args',
  ],
  ['not reordered by one that went', get('1.0', ['a', 'b', 'c']), get('1.0', ['b', 'c']), 'ARG_REMOVED Svc@1/get/args/a'],
  ['made required', get('1.0', ['x?']), get('1.0', ['x']), 'ARG_MADE_REQUIRED Svc@1/get/args/x'],
  [
    'made optional',
    get('1.0', ['x']),
    get('1.1', ['x?']),
    'ARG_MADE_OPTIONAL Svc@1/get/args/x',
    'WIDENED_UNGATED Svc@1/get/args/x',
  ],
  [
    'made optional, and it says since when',
    get('1.0', ['x']),
    get('1.1', [arg('x?', S, { was: [{ before: '1.1', required: true }] })]),
    'ARG_MADE_OPTIONAL Svc@1/get/args/x',
  ],
  ['required, written out', get('1.0', ['x']), get('1.0', [arg('x', S, { required: true })])],
  [
    'widened, and the argument says since when',
    get('1.0', [arg('x', I)]),
    get('1.1', [arg('x', N, { was: [{ before: '1.1', schema: I }] })]),
    'IN_TYPE_WIDENED Svc@1/get/args/x',
  ],
  [
    'made optional, as of a version that is not there yet',
    get('1.0', ['x']),
    get('1.1', [arg('x?', S, { was: [{ before: '1.2', required: true }] })]),
    'ARG_MADE_OPTIONAL Svc@1/get/args/x',
    'WIDENED_UNGATED Svc@1/get/args/x',
  ],
  [
    'made optional, as of a version that was there',
    get('1.1', ['x']),
    get('1.2', [arg('x?', S, { was: [{ before: '1.1', required: true }] })]),
    'ARG_MADE_OPTIONAL Svc@1/get/args/x',
    'WIDENED_UNGATED Svc@1/get/args/x',
  ],
  [
    'made optional, as of one of the versions between',
    get('1.1', ['x']),
    get('1.3', [arg('x?', S, { was: [{ before: '1.2', required: true }] })]),
    'ARG_MADE_OPTIONAL Svc@1/get/args/x',
    'MINOR_BUMP_SKIPPED Svc@1',
  ],
  [
    'made optional, 1.9 to 1.10',
    get('1.9', ['x']),
    get('1.10', [arg('x?', S, { was: [{ before: '1.10', required: true }] })]),
    'ARG_MADE_OPTIONAL Svc@1/get/args/x',
  ],
  [
    'made optional, and the version stood still',
    get('1.1', ['x']),
    get('1.1', [arg('x?', S, { was: [{ before: '1.1', required: true }] })]),
    'ARG_MADE_OPTIONAL Svc@1/get/args/x',
    'MINOR_BUMP_MISSING Svc@1',
    'WIDENED_UNGATED Svc@1/get/args/x',
  ],
  ['droppable is no change', get('1.0', ['x?']), get('1.0', [arg('x?', S, { droppable: true })])],
  ['a list of one type', get('1.0', [arg('x', list(N))]), get('1.0', [arg('x', list(I))]), 'IN_TYPE_NARROWED Svc@1/get/args/x[]'],
  ['no arguments said, and none', svc('1.0', { get: { mode: 'call' } }), get('1.0', [])],
];

const cast = (version: string, args: Parameters<typeof method>[0], mode: 'cast' | 'fanout' = 'cast') =>
  get(version, args, { mode });

/** Arguments of methods without a reply. */
export const ONE_WAY: readonly Change[] = [
  [
    'a cast grows',
    cast('1.0', ['s']),
    cast('1.1', ['s', arg('t?', S, NEW)]),
    'ARG_ADDED_OPTIONAL Svc@1/get/args/t',
    'ONE_WAY_ARG_ADDED Svc@1/get/args/t',
  ],
  [
    'a fanout grows',
    cast('1.0', ['s'], 'fanout'),
    cast('1.1', ['s', arg('t?', S, NEW)], 'fanout'),
    'ARG_ADDED_OPTIONAL Svc@1/get/args/t',
    'ONE_WAY_ARG_ADDED Svc@1/get/args/t',
  ],
  [
    'a fanout grows what may be dropped',
    cast('1.0', ['s'], 'fanout'),
    cast('1.1', ['s', arg('t?', S, { ...NEW, droppable: true })], 'fanout'),
    'ARG_ADDED_OPTIONAL Svc@1/get/args/t',
  ],
  [
    'a stream grows',
    get('1.0', [], { mode: 'stream', returns: S }),
    get('1.1', [arg('t?', S, NEW)], { mode: 'stream', returns: S }),
    'ARG_ADDED_OPTIONAL Svc@1/get/args/t',
  ],
];

/** Defaults of arguments. */
export const DEFAULTS: readonly Change[] = [
  [
    'changed',
    get('1.0', [arg('n', I, { default: 10 })]),
    get('1.0', [arg('n', I, { default: 50 })]),
    'DEFAULT_CHANGED Svc@1/get/args/n',
  ],
  ['added', get('1.0', [arg('n?', I)]), get('1.1', [arg('n?', I, { default: 10 })]), 'DEFAULT_ADDED Svc@1/get/args/n'],
  [
    'removed, still optional',
    get('1.0', [arg('n?', I, { default: 10 })]),
    get('1.1', [arg('n?', I)]),
    'DEFAULT_REMOVED Svc@1/get/args/n',
  ],
  [
    'removed, and so required',
    get('1.0', [arg('n', I, { default: 10 })]),
    get('1.1', [arg('n', I)]),
    'ARG_MADE_REQUIRED Svc@1/get/args/n',
  ],
  [
    'given, and so optional',
    get('1.0', [arg('n', I)]),
    get('1.1', [arg('n', I, { default: 10 })]),
    'ARG_MADE_OPTIONAL Svc@1/get/args/n',
    'WIDENED_UNGATED Svc@1/get/args/n',
  ],
  [
    'null is a default',
    get('1.0', [arg('n?', I)]),
    get('1.1', [arg('n?', I, { default: null })]),
    'DEFAULT_ADDED Svc@1/get/args/n',
  ],
  [
    'the order of its keys',
    get('1.0', [arg('o', { type: 'object' }, { default: { a: 1, b: 2 } })]),
    get('1.0', [arg('o', { type: 'object' }, { default: { b: 2, a: 1 } })]),
  ],
  [
    'the order of a list',
    get('1.0', [arg('o', list(I), { default: [1, 2] })]),
    get('1.0', [arg('o', list(I), { default: [2, 1] })]),
    'DEFAULT_CHANGED Svc@1/get/args/o',
  ],
];

const fails = (version: string, errors: object) => get(version, [], { errors });

/** Results and errors. */
export const RESULTS: readonly Change[] = [
  ['void became a value', get('1.0', [], { returns: null }), get('1.1', [], { returns: S }), 'RETURN_ADDED Svc@1/get/returns'],
  ['nothing said became a value', get('1.0', []), get('1.1', [], { returns: S }), 'RETURN_ADDED Svc@1/get/returns'],
  ['a value became void', get('1.0', [], { returns: S }), get('1.0', [], { returns: null }), 'RETURN_REMOVED Svc@1/get/returns'],
  ['a value is no longer said', get('1.0', [], { returns: S }), get('1.0', []), 'RETURN_REMOVED Svc@1/get/returns'],
  ['void, written out', get('1.0', []), get('1.0', [], { returns: null })],
  [
    'the items of a stream',
    get('1.0', [], { mode: 'stream', returns: I }),
    get('1.0', [], { mode: 'stream', returns: N }),
    'OUT_TYPE_WIDENED Svc@1/get/returns',
  ],
  ['an error added with since', fails('1.0', {}), fails('1.1', { GONE: NEW }), 'ERROR_ADDED Svc@1/get/errors/GONE'],
  ['an error added without since', fails('1.0', {}), fails('1.1', { GONE: {} }), 'ERROR_ADDED_UNGATED Svc@1/get/errors/GONE'],
  ['an error removed', fails('1.0', { GONE: {} }), fails('1.1', {}), 'ERROR_REMOVED Svc@1/get/errors/GONE'],
  [
    'an error no longer retryable',
    fails('1.0', { BUSY: { retryable: true } }),
    fails('1.1', { BUSY: { retryable: false } }),
    'ERROR_RETRYABLE_CHANGED Svc@1/get/errors/BUSY',
  ],
  ['not retryable, written out', fails('1.0', { BUSY: {} }), fails('1.0', { BUSY: { retryable: false } })],
  [
    'the data of an error goes out',
    fails('1.0', { BUSY: { data: object({ a: I }) } }),
    fails('1.0', { BUSY: { data: object({ a: N }) } }),
    'OUT_TYPE_WIDENED Svc@1/get/errors/BUSY.a',
  ],
  [
    'a default in the data of an error is decoration',
    fails('1.0', { BUSY: { data: object({ 'a?': { ...I, default: 1 } }) } }),
    fails('1.0', { BUSY: { data: object({ 'a?': I }) } }),
  ],
  [
    'the data of an error in a named type',
    svc('1.0', { get: method([], { errors: { E: { data: ref('P') } } }) }, { P: object({ a: S, 'b?': S }) }),
    svc('1.1', { get: method([], { errors: { E: { data: ref('P') } } }) }, { P: object({ a: S }) }),
    'OUT_OPTIONAL_FIELD_REMOVED types/P.b',
  ],
];
