/** Runs every rule over its example. The rule fires there, and no rule fires on a contract and itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES, scopeOf } from './catalogue/catalogue';
import { diff } from './check/diff';
import { lint } from './check/lint';
import { parseSnapshot } from './files/parse-snapshot';

const EXAMPLES = join(__dirname, '../rules-examples');

/** Rules that fire in both directions of a change. */
const OWN_MIRROR = new Set([
  'ENDPOINT_TOPIC_CHANGED',
  'ENDPOINT_NAMESPACE_CHANGED',
  'ENDPOINT_CODEC_CHANGED',
  'METHOD_KIND_CHANGED',
  'ARG_RENAMED',
  'ARG_REORDERED',
  'DEFAULT_CHANGED',
  'IN_TYPE_CHANGED',
  'OUT_TYPE_CHANGED',
  'IN_PATTERN_CHANGED',
  'OUT_PATTERN_CHANGED',
  'CODEC_CHANGED',
  'DISCRIMINATOR_CHANGED',
  'TYPE_RENAMED',
  'ERROR_RETRYABLE_CHANGED',
  'HISTORY_REWRITTEN',
]);

/** The rule that fires on the reverse of an example. The reverse of an input rule is an input rule. */
const MIRRORS: Readonly<Record<string, string>> = {
  METHOD_MODE_NARROWED: 'METHOD_MODE_WIDENED',
  METHOD_MODE_WIDENED: 'METHOD_MODE_NARROWED',
  UNKNOWN_ARGS_NOW_REJECTED: 'UNKNOWN_ARGS_NOW_IGNORED',
  UNKNOWN_ARGS_NOW_IGNORED: 'UNKNOWN_ARGS_NOW_REJECTED',
  IN_FIELD_ADDED_REQUIRED: 'IN_FIELD_REMOVED',
  IN_FIELD_ADDED_OPTIONAL: 'IN_FIELD_REMOVED',
  IN_FIELD_REMOVED: 'IN_FIELD_ADDED_OPTIONAL',
  IN_FIELD_MADE_REQUIRED: 'IN_FIELD_MADE_OPTIONAL',
  IN_FIELD_MADE_OPTIONAL: 'IN_FIELD_MADE_REQUIRED',
  IN_TYPE_NARROWED: 'IN_TYPE_WIDENED',
  IN_TYPE_WIDENED: 'IN_TYPE_NARROWED',
  IN_NULL_REMOVED: 'IN_NULL_ADDED',
  IN_NULL_ADDED: 'IN_NULL_REMOVED',
  IN_ENUM_VALUE_REMOVED: 'IN_ENUM_VALUE_ADDED',
  IN_ENUM_VALUE_ADDED: 'IN_ENUM_VALUE_REMOVED',
  IN_CONSTRAINT_TIGHTENED: 'IN_CONSTRAINT_LOOSENED',
  IN_CONSTRAINT_LOOSENED: 'IN_CONSTRAINT_TIGHTENED',
  IN_UNION_MEMBER_REMOVED: 'IN_UNION_MEMBER_ADDED',
  IN_UNION_MEMBER_ADDED: 'IN_UNION_MEMBER_REMOVED',
  IN_VALIDATOR_ADDED: 'IN_VALIDATOR_REMOVED',
  IN_VALIDATOR_REMOVED: 'IN_VALIDATOR_ADDED',
  OUT_FIELD_ADDED: 'OUT_FIELD_REMOVED',
  OUT_FIELD_REMOVED: 'OUT_FIELD_ADDED',
  OUT_OPTIONAL_FIELD_REMOVED: 'OUT_FIELD_ADDED',
  OUT_FIELD_MADE_OPTIONAL: 'OUT_FIELD_MADE_REQUIRED',
  OUT_FIELD_MADE_REQUIRED: 'OUT_FIELD_MADE_OPTIONAL',
  OUT_TYPE_WIDENED: 'OUT_TYPE_NARROWED',
  OUT_TYPE_NARROWED: 'OUT_TYPE_WIDENED',
  OUT_NULL_ADDED: 'OUT_NULL_REMOVED',
  OUT_NULL_REMOVED: 'OUT_NULL_ADDED',
  OUT_ENUM_VALUE_ADDED: 'OUT_ENUM_VALUE_REMOVED',
  OUT_ENUM_VALUE_ADDED_SAFE: 'OUT_ENUM_VALUE_REMOVED',
  OUT_ENUM_VALUE_REMOVED: 'OUT_ENUM_VALUE_ADDED',
  OUT_CONSTRAINT_LOOSENED: 'OUT_CONSTRAINT_TIGHTENED',
  OUT_CONSTRAINT_TIGHTENED: 'OUT_CONSTRAINT_LOOSENED',
  OUT_UNION_MEMBER_ADDED: 'OUT_UNION_MEMBER_REMOVED',
  OUT_UNION_MEMBER_ADDED_SAFE: 'OUT_UNION_MEMBER_REMOVED',
  OUT_UNION_MEMBER_REMOVED: 'OUT_UNION_MEMBER_ADDED',
};

const idsOf = (scope: string) => RULES.filter((rule) => scopeOf(rule) === scope).map(({ id }) => id);
const read = (id: string, name: string) => {
  const path = join(EXAMPLES, id, `${name}.json`);
  return parseSnapshot(readFileSync(path, 'utf8'), path);
};
const fired = (findings: readonly { rule: string }[]) => findings.map(({ rule }) => rule);

test('there are 114 rules, each with an id of its own and an example', () => {
  const ids = RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(114);
  expect(readdirSync(EXAMPLES).sort()).toEqual([...ids].sort());
});

describe.each(idsOf('diff'))('%s', (id) => {
  const [before, after] = [read(id, 'before'), read(id, 'after')];

  test('fires on its example', () => {
    expect(fired(diff(before, after).findings)).toContain(id);
  });

  test('is silent where nothing changed', () => {
    expect(diff(before, before).findings).toEqual([]);
    expect(diff(after, after).findings).toEqual([]);
  });

  test(OWN_MIRROR.has(id) ? 'fires on its mirror image too' : 'is silent on its mirror image', () => {
    const mirrored = fired(diff(after, before).findings);
    if (OWN_MIRROR.has(id)) expect(mirrored).toContain(id);
    else expect(mirrored).not.toContain(id);
    if (MIRRORS[id] !== undefined) expect(mirrored).toContain(MIRRORS[id]);
  });
});

test('every rule of inputs and outputs has its mirror', () => {
  const directed = RULES.map(({ id }) => id).filter((id) => /^(IN|OUT)_/.test(id));
  const closed = ['IN_CONTENT_CLOSED']; // outputs are read tolerantly, and an input that accepts more breaks no caller
  expect(directed.filter((id) => MIRRORS[id] === undefined && !OWN_MIRROR.has(id))).toEqual(closed);
  expect(directed).toHaveLength(39);
});

test.each(idsOf('lint'))('%s fires on its example', (id) => {
  expect(fired(lint(read(id, 'contract')).findings)).toContain(id);
});

test('the examples of rules of two contracts are sound by themselves', () => {
  const unsound = idsOf('diff').flatMap((id) =>
    ['before', 'after'].flatMap((side) => fired(lint(read(id, side)).findings).map((rule) => `${id} ${side}: ${rule}`)),
  );
  expect(unsound).toEqual(['ARG_ADDED_REQUIRED after: LATE_ARG_REQUIRED', 'ARG_ADDED_NOT_LAST after: LATE_ARG_NOT_LAST']);
});

test('the examples of rules of one contract show that rule alone, and what it cannot be without', () => {
  const others = idsOf('lint').flatMap((id) =>
    fired(lint(read(id, 'contract')).findings).flatMap((rule) => (rule === id ? [] : [`${id}: ${rule}`])),
  );
  expect(others).toEqual([]);
});
