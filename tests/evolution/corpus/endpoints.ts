/** Changes of endpoints and methods: before, after, and all findings. */
import { arg, type Change, fleet, method, S, svc } from './pair';

const NEW = { since: '1.1' };
const one = (version: string, more: object = {}) => svc(version, { get: method() }, {}, more);
/** `get` with these arguments. */
const get = (version: string, args: Parameters<typeof method>[0], more: object = {}) => svc(version, { get: method(args, more) });

/** Whole endpoints. */
export const ENDPOINTS: readonly Change[] = [
  ['nothing changed', one('1.1'), one('1.1')],
  ['no endpoints at all', fleet({}), fleet({})],
  ['gone', fleet({ 'L3@1': {} }), fleet({}), 'ENDPOINT_REMOVED L3@1'],
  ['new', fleet({}), fleet({ 'Metering@1': {} }), 'ENDPOINT_ADDED Metering@1'],
  ['one instead of another', fleet({ 'A@1': {} }), fleet({ 'B@1': {} }), 'ENDPOINT_ADDED B@1', 'ENDPOINT_REMOVED A@1'],
  ['topic', one('1.0'), one('1.0', { topic: 'l3-agent' }), 'ENDPOINT_TOPIC_CHANGED Svc@1'],
  ['namespace appears', one('1.0'), one('1.0', { namespace: 'admin' }), 'ENDPOINT_NAMESPACE_CHANGED Svc@1'],
  ['namespace vanishes', one('1.0', { namespace: 'admin' }), one('1.0'), 'ENDPOINT_NAMESPACE_CHANGED Svc@1'],
  ['codec', one('1.0', { codec: 'json' }), one('1.0', { codec: 'msgpack' }), 'ENDPOINT_CODEC_CHANGED Svc@1'],
  ['codec that was not said', one('1.0'), one('1.0', { codec: 'msgpack' }), 'ENDPOINT_CODEC_CHANGED Svc@1'],
  ['codec written out', one('1.0'), one('1.0', { codec: 'json' })],
  ['stable to beta', one('1.0'), one('1.0', { stability: 'beta' }), 'ENDPOINT_STABILITY_LOWERED Svc@1'],
  [
    'beta to experimental',
    one('1.0', { stability: 'beta' }),
    one('1.0', { stability: 'experimental' }),
    'ENDPOINT_STABILITY_LOWERED Svc@1',
  ],
  ['experimental to stable', one('1.0', { stability: 'experimental' }), one('1.0')],
  ['unknown arguments now rejected', one('1.0', { unknownArgs: 'ignore' }), one('1.0'), 'UNKNOWN_ARGS_NOW_REJECTED Svc@1'],
  ['unknown arguments now ignored', one('1.0'), one('1.1', { unknownArgs: 'ignore' }), 'UNKNOWN_ARGS_NOW_IGNORED Svc@1'],
  [
    'unknown arguments now ignored, and the version stood still',
    one('1.0', { unknownArgs: 'reject' }),
    one('1.0', { unknownArgs: 'ignore' }),
    'MINOR_BUMP_MISSING Svc@1',
    'UNKNOWN_ARGS_NOW_IGNORED Svc@1',
  ],
  ['unknown arguments still ignored', one('1.0', { unknownArgs: 'ignore' }), one('1.0', { unknownArgs: 'ignore' })],
  ['rejecting unknown arguments written out', one('1.0'), one('1.0', { unknownArgs: 'reject' })],
  ['prose', one('1.0'), one('1.0', { description: 'Routers.' })],
  [
    'several at once, and the version moved',
    one('1.0'),
    one('1.1', { topic: 'b', codec: 'msgpack' }),
    'ENDPOINT_TOPIC_CHANGED Svc@1',
    'ENDPOINT_CODEC_CHANGED Svc@1',
  ],
];

const deprecated = { since: '1.1', removeIn: '2.0' };

/** Methods. */
export const METHODS: readonly Change[] = [
  ['gone', svc('1.0', { get: method(), old: method() }), one('1.0'), 'METHOD_REMOVED Svc@1/old'],
  ['new', one('1.0'), svc('1.1', { get: method(), list: method([], NEW) }), 'METHOD_ADDED Svc@1/list'],
  ['another name', one('1.0'), svc('1.1', { fetch: method([], NEW) }), 'METHOD_ADDED Svc@1/fetch', 'METHOD_REMOVED Svc@1/get'],
  // under its new name a method is as new as one that was added: older servers do not know it
  ['renamed', one('1.0'), svc('1.1', { fetch: method([], { ...NEW, aliases: ['get'] }) }), 'METHOD_RENAMED Svc@1/fetch'],
  [
    'renamed, and an argument more',
    get('1.0', ['a']),
    svc('1.1', { fetch: method(['a', arg('b?', S, NEW)], { ...NEW, aliases: ['get'] }) }),
    'ARG_ADDED_OPTIONAL Svc@1/fetch/args/b',
    'METHOD_RENAMED Svc@1/fetch',
  ],
  [
    'two become one',
    svc('1.0', { get: method(), fetch: method([], { idempotent: true }) }),
    svc('1.1', { load: method([], { since: '1.1', aliases: ['get', 'fetch'] }) }),
    'METHOD_IDEMPOTENCY_LOST Svc@1/load',
    'METHOD_RENAMED Svc@1/load',
    'METHOD_RENAMED Svc@1/load',
  ],
  [
    'renamed twice',
    svc('1.1', { fetch: method([], { aliases: ['get'] }) }),
    svc('1.2', { load: method([], { since: '1.2', aliases: ['fetch', 'get'] }) }),
    'METHOD_RENAMED Svc@1/load',
  ],
  [
    'renamed twice, and the first name is lost',
    svc('1.1', { fetch: method([], { aliases: ['get'] }) }),
    svc('1.2', { load: method([], { since: '1.2', aliases: ['fetch'] }) }),
    'METHOD_ALIAS_REMOVED Svc@1/load~get',
    'METHOD_RENAMED Svc@1/load',
  ],
  [
    'an alias of a method that was there is no new name',
    svc('1.0', { get: method(), list: method() }),
    svc('1.0', { list: method([], { aliases: ['get'] }) }),
    'METHOD_REMOVED Svc@1/get',
  ],
  [
    'alias removed',
    svc('1.1', { fetch: method([], { aliases: ['get'] }) }),
    svc('1.1', { fetch: method() }),
    'METHOD_ALIAS_REMOVED Svc@1/fetch~get',
  ],
  ['alias added', svc('1.1', { fetch: method() }), svc('1.1', { fetch: method([], { aliases: ['get'] }) })],
  ['the order of methods', svc('1.0', { a: method(), b: method() }), svc('1.0', { b: method(), a: method() })],
  ['mode', one('1.0'), svc('1.0', { get: method([], { mode: 'cast' }) }), 'METHOD_KIND_CHANGED Svc@1/get'],
  [
    'mode, and the result with it',
    get('1.0', [], { returns: S }),
    get('1.0', [], { mode: 'cast', returns: null }),
    'METHOD_KIND_CHANGED Svc@1/get',
    'RETURN_REMOVED Svc@1/get/returns',
  ],
  ['any mode, then one', svc('1.0', { get: method([], { mode: 'any' }) }), one('1.0'), 'METHOD_MODE_NARROWED Svc@1/get'],
  [
    'any mode, then fanout',
    get('1.0', [], { mode: 'any' }),
    get('1.0', [], { mode: 'fanout' }),
    'METHOD_MODE_NARROWED Svc@1/get',
  ],
  ['one mode, then any', one('1.0'), get('1.1', [], { mode: 'any' }), 'METHOD_MODE_WIDENED Svc@1/get'],
  ['a cast, then any mode', get('1.0', [], { mode: 'cast' }), get('1.1', [], { mode: 'any' }), 'METHOD_MODE_WIDENED Svc@1/get'],
  [
    'one mode, then any, and the minor stood still',
    one('1.0'),
    get('1.0', [], { mode: 'any' }),
    'METHOD_MODE_WIDENED Svc@1/get',
    'MINOR_BUMP_MISSING Svc@1',
  ],
  [
    'any mode, then a stream',
    get('1.0', [], { mode: 'any' }),
    get('1.0', [], { mode: 'stream' }),
    'METHOD_KIND_CHANGED Svc@1/get',
  ],
  [
    'a stream, then any mode',
    get('1.0', [], { mode: 'stream' }),
    get('1.0', [], { mode: 'any' }),
    'METHOD_KIND_CHANGED Svc@1/get',
  ],
  ['any mode, and any mode', get('1.0', [], { mode: 'any' }), get('1.0', [], { mode: 'any' })],
  ['idempotency lost', get('1.0', [], { idempotent: true }), get('1.0', []), 'METHOD_IDEMPOTENCY_LOST Svc@1/get'],
  ['idempotency won', get('1.0', [], { idempotent: false }), get('1.0', [], { idempotent: true })],
  ['idempotency written out', get('1.0', []), get('1.0', [], { idempotent: false })],
  [
    'timeout lowered',
    get('1.0', [], { timeoutMs: 30_000 }),
    get('1.0', [], { timeoutMs: 5_000 }),
    'METHOD_TIMEOUT_LOWERED Svc@1/get',
  ],
  ['timeout raised', get('1.0', [], { timeoutMs: 5_000 }), get('1.0', [], { timeoutMs: 30_000 })],
  ['timeout declared', get('1.0', []), get('1.0', [], { timeoutMs: 5_000 })],
  ['deprecated', get('1.1', []), get('1.1', [], { deprecated }), 'DEPRECATION_ADDED Svc@1/get'],
  ['no longer deprecated', get('1.1', [], { deprecated }), get('1.1', []), 'DEPRECATION_REMOVED Svc@1/get'],
  [
    'removal moved earlier',
    get('1.1', [], { deprecated: { since: '1.1', removeIn: '3.0' } }),
    get('1.1', [], { deprecated }),
    'SUNSET_MOVED_EARLIER Svc@1/get',
  ],
  ['removal moved later', get('1.1', [], { deprecated }), get('1.1', [], { deprecated: { since: '1.1', removeIn: '3.0' } })],
  [
    'removal moved from 10.0 to 9.0',
    get('1.1', [], { deprecated: { since: '1.1', removeIn: '10.0' } }),
    get('1.1', [], { deprecated: { since: '1.1', removeIn: '9.0' } }),
    'SUNSET_MOVED_EARLIER Svc@1/get',
  ],
  [
    'an argument deprecated',
    get('1.1', ['a?']),
    get('1.1', [arg('a?', S, { deprecated })]),
    'DEPRECATION_ADDED Svc@1/get/args/a',
  ],
  [
    'names that objects have anyway',
    svc('1.0', {}),
    svc('1.1', { constructor: method([], NEW), toString: method([], NEW) }),
    'METHOD_ADDED Svc@1/constructor',
    'METHOD_ADDED Svc@1/toString',
  ],
];
