/** Changes of majors and recorded releases: before, after, and all findings. */
import { arg, type Change, fleet, I, method, S, svc } from './pair';

const get2 = (names: readonly string[], more: Record<string, object> = {}) =>
  Object.fromEntries(names.map((name) => [name, method([], more[name] ?? {})]));
const deprecated = { deprecated: { since: '1.3', removeIn: '2.0' } };
const v1 = { version: '1.4', topic: 'svc', methods: get2(['get', 'old'], { old: deprecated }) };
const v2 = { version: '2.0', topic: 'svc', methods: get2(['get']) };

/** New majors, and the old majors beside them. */
export const MAJORS: readonly Change[] = [
  ['a major beside the last', fleet({ 'Svc@1': v1 }), fleet({ 'Svc@1': v1, 'Svc@2': v2 }), 'ENDPOINT_MAJOR_ADDED Svc@2'],
  [
    'a major instead of the last',
    fleet({ 'Svc@1': v1 }),
    fleet({ 'Svc@2': v2 }),
    'ENDPOINT_MAJOR_ADDED Svc@2',
    'ENDPOINT_MAJOR_DROPPED Svc@1',
  ],
  ['the old major dropped', fleet({ 'Svc@1': v1, 'Svc@2': v2 }), fleet({ 'Svc@2': v2 }), 'ENDPOINT_MAJOR_DROPPED Svc@1'],
  [
    'a major that begins at 2.1',
    fleet({ 'Svc@1': v1 }),
    fleet({ 'Svc@1': v1, 'Svc@2': { ...v2, version: '2.1' } }),
    'ENDPOINT_MAJOR_ADDED Svc@2',
    'MAJOR_NOT_RESET Svc@2',
  ],
  [
    'a major that is skipped',
    fleet({ 'Svc@1': v1 }),
    fleet({ 'Svc@1': v1, 'Svc@3': { ...v2, version: '3.0' } }),
    'ENDPOINT_MAJOR_ADDED Svc@3',
    'MAJOR_SKIPPED Svc@3',
  ],
  [
    'a major that breaks nothing',
    fleet({ 'Svc@1': v2 && { ...v2, version: '1.4' } }),
    fleet({ 'Svc@1': { ...v2, version: '1.4' }, 'Svc@2': { ...v2, methods: get2(['get', 'more']) } }),
    'ENDPOINT_MAJOR_ADDED Svc@2',
    'MAJOR_WITHOUT_BREAK Svc@2',
  ],
  // said where it is lacking: in the new major
  [
    'a method that was not deprecated',
    fleet({ 'Svc@1': { ...v1, methods: get2(['get', 'old']) } }),
    fleet({ 'Svc@1': { ...v1, methods: get2(['get', 'old']) }, 'Svc@2': v2 }),
    'ENDPOINT_MAJOR_ADDED Svc@2',
    'REMOVED_WITHOUT_DEPRECATION Svc@2/old',
  ],
  [
    'the highest old major counts',
    fleet({
      'Svc@1': { ...v1, methods: get2(['get', 'ancient']) },
      'Svc@2': { ...v2, methods: get2(['get', 'old'], { old: deprecated }) },
    }),
    fleet({ 'Svc@3': { ...v2, version: '3.0' } }),
    'ENDPOINT_MAJOR_ADDED Svc@3',
    'ENDPOINT_MAJOR_DROPPED Svc@1',
    'ENDPOINT_MAJOR_DROPPED Svc@2',
  ],
  [
    '9 before 10',
    fleet({
      'Svc@9': { ...v1, version: '9.0' },
      'Svc@10': { ...v2, version: '10.0', methods: get2(['get', 'x'], { x: deprecated }) },
    }),
    fleet({ 'Svc@11': { ...v2, version: '11.0' } }),
    'ENDPOINT_MAJOR_ADDED Svc@11',
    'ENDPOINT_MAJOR_DROPPED Svc@10',
    'ENDPOINT_MAJOR_DROPPED Svc@9',
  ],
  ['every major gone', fleet({ 'Svc@1': v1, 'Svc@2': v2 }), fleet({}), 'ENDPOINT_REMOVED Svc@1', 'ENDPOINT_REMOVED Svc@2'],
  [
    'what a new major breaks is permitted, its since is not asked',
    fleet({ 'Svc@1': { version: '1.4', methods: { get: method([arg('n', I, { default: 1, since: '1.2' })], { returns: S }) } } }),
    fleet({
      'Svc@1': { version: '1.4', methods: { get: method([arg('n', I, { default: 1, since: '1.2' })], { returns: S }) } },
      'Svc@2': { version: '2.0', methods: { get: method([arg('n', S)], { returns: I }) } },
    }),
    'ENDPOINT_MAJOR_ADDED Svc@2',
  ],
];

const released = (hashes: Record<string, string>, version = '1.1') => ({
  ...svc(version, { get: method() }),
  releases: { 'Svc@1': hashes },
});

/** Recorded releases. */
export const RELEASES: readonly Change[] = [
  ['kept', released({ '1.0': 'sha256:aa' }), released({ '1.0': 'sha256:aa' })],
  ['one more', released({ '1.0': 'sha256:aa' }), released({ '1.0': 'sha256:aa', '1.1': 'sha256:bb' })],
  ['rewritten', released({ '1.0': 'sha256:aa' }), released({ '1.0': 'sha256:zz' }), 'HISTORY_REWRITTEN Svc@1#1.0'],
  [
    'vanished',
    released({ '1.0': 'sha256:aa', '1.1': 'sha256:bb' }),
    released({ '1.1': 'sha256:bb' }),
    'HISTORY_REWRITTEN Svc@1#1.0',
  ],
  ['all vanished', released({ '1.0': 'sha256:aa' }), svc('1.1', { get: method() }), 'HISTORY_REWRITTEN Svc@1#1.0'],
];
