/** Changes of named types: before, after, and all findings. */
import { arg, type Change, I, list, map, method, N, object, ref, S, svc } from './pair';

const uses = (type: string) => ({ get: method([arg('p', ref(type))], { returns: list(ref(type)) }) });

/** Named types: at their definition, and where they are used. */
export const NAMED: readonly Change[] = [
  [
    'once for each direction, however many methods reach it',
    svc(
      '1.0',
      {
        a: method([arg('p', ref('P'))]),
        b: method([arg('q', map(ref('P')))], { returns: ref('P') }),
        c: method([], { returns: object({ p: ref('P') }) }),
      },
      { P: object({ x: I }) },
    ),
    svc(
      '1.1',
      {
        a: method([arg('p', ref('P'))]),
        b: method([arg('q', map(ref('P')))], { returns: ref('P') }),
        c: method([], { returns: object({ p: ref('P') }) }),
      },
      { P: object({ x: N }) },
    ),
    'IN_TYPE_WIDENED types/P.x',
    'OUT_TYPE_WIDENED types/P.x',
    'WIDENED_UNGATED types/P.x',
  ],
  [
    'renamed',
    svc('1.0', uses('Policy'), { Policy: object({ a: S }) }),
    svc('1.0', uses('Qos'), { Qos: object({ a: S }) }),
    'TYPE_RENAMED Svc@1/get/args/p',
    'TYPE_RENAMED Svc@1/get/returns[]',
  ],
  [
    'renamed and changed',
    svc('1.0', uses('Policy'), { Policy: object({ a: N }) }),
    svc('1.0', uses('Qos'), { Qos: object({ a: S }) }),
    'IN_TYPE_CHANGED Svc@1/get/args/p.a',
    'OUT_TYPE_CHANGED Svc@1/get/returns[].a',
    'TYPE_RENAMED Svc@1/get/args/p',
    'TYPE_RENAMED Svc@1/get/returns[]',
  ],
  [
    'renamed inside of a type',
    svc('1.0', { get: method([], { returns: ref('P') }) }, { P: object({ q: ref('A') }), A: object({ x: S }) }),
    svc('1.0', { get: method([], { returns: ref('P') }) }, { P: object({ q: ref('B') }), B: object({ x: S }) }),
    'TYPE_RENAMED types/P.q',
  ],
  [
    'written in place',
    svc('1.0', uses('P'), { P: object({ a: S }) }),
    svc('1.0', { get: method([arg('p', object({ a: S }))], { returns: list(object({ a: S })) }) }),
  ],
  [
    'written in place and changed',
    svc('1.0', { get: method([], { returns: object({ a: S, b: S }) }) }),
    svc('1.0', { get: method([], { returns: ref('P') }) }, { P: object({ a: S }) }),
    'OUT_FIELD_REMOVED Svc@1/get/returns.b',
  ],
  [
    'a type that holds itself',
    svc('1.0', { get: method([], { returns: ref('T') }) }, { T: object({ v: S, 'kids?': list(ref('T')) }) }),
    svc('1.1', { get: method([], { returns: ref('T') }) }, { T: object({ v: { ...S, maxLength: 3 }, 'kids?': list(ref('T')) }) }),
    'OUT_CONSTRAINT_TIGHTENED types/T.v',
  ],
  [
    'types that hold each other',
    svc(
      '1.0',
      { get: method([], { returns: ref('A') }) },
      { A: object({ 'b?': ref('B') }), B: object({ 'a?': ref('A'), x: I }) },
    ),
    svc(
      '1.0',
      { get: method([], { returns: ref('A') }) },
      { A: object({ 'b?': ref('B') }), B: object({ 'a?': ref('A'), x: N }) },
    ),
    'OUT_TYPE_WIDENED types/B.x',
  ],
  ['a type that no method reaches', svc('1.0', {}, { P: object({ a: S }) }), svc('1.0', {})],
  [
    'a type of a union',
    svc('1.0', { get: method([], { returns: { anyOf: [ref('A'), ref('B')] } }) }, { A: object({ x: S }), B: object({}) }),
    svc('1.0', { get: method([], { returns: { anyOf: [ref('B'), ref('A')] } }) }, { A: object({}), B: object({}) }),
    'OUT_FIELD_REMOVED types/A.x',
  ],
  [
    'a name that stands for a name',
    svc('1.0', { get: method([], { returns: ref('P') }) }, { P: ref('Q'), Q: object({ x: S }) }),
    svc('1.0', { get: method([], { returns: ref('P') }) }, { P: ref('Q'), Q: object({}) }),
    'OUT_FIELD_REMOVED types/Q.x',
  ],
  [
    'field names with dots and slashes',
    svc('1.0', { get: method([], { returns: ref('P') }) }, { P: object({ 'a.b/c': S }) }),
    svc('1.0', { get: method([], { returns: ref('P') }) }, { P: object({}) }),
    'OUT_FIELD_REMOVED types/P.a.b/c',
  ],
  [
    'names that objects have anyway',
    svc('1.0', { get: method([arg('p', ref('constructor'))]) }, { constructor: object({ toString: S }) }),
    svc('1.0', { get: method([arg('p', ref('constructor'))]) }, { constructor: object({ toString: I }) }),
    'IN_TYPE_CHANGED types/constructor.toString',
  ],
];
