/** Runs the checker over a corpus of contract pairs, written from the specification: it reports exactly the expected findings. */
import {
  diff,
  FINDINGS_SCHEMA,
  FORMATS,
  lint,
  PROFILES,
  type Profile,
  parseSnapshot,
  RULES,
  recordHistory,
  releaseHash,
  scopeOf,
  writeSnapshot,
} from '@concord-rpc/evolution';
import Ajv2020 from 'ajv/dist/2020';
import { type Alone, LATE_ALONE, REMOVAL_ALONE, SINCE_ALONE, UNCHECKED_ALONE, VERSIONS_ALONE } from './corpus/alone';
import { ARGUMENTS, DEFAULTS, ONE_WAY, RESULTS } from './corpus/arguments';
import { CATALOGUE } from './corpus/catalogue';
import { ENDPOINTS, METHODS } from './corpus/endpoints';
import { MAJORS, RELEASES } from './corpus/majors';
import { NAMED } from './corpus/named-types';
import { type Pair, pairOf, pairsOf } from './corpus/pair';
import { CODECS, CONTENTS, FIELD_DEFAULTS, FIELDS, TOLD_UNIONS, UNIONS } from './corpus/shapes';
import { ENUMS, LIMITS, NULLS, TYPE_SETS } from './corpus/values';
import { MINORS, SHARED, SINCE } from './corpus/versions';

const found = ({ before, after }: Pair) =>
  diff(before, after)
    .findings.map(({ rule, path }) => `${rule} ${path}`)
    .sort();

const AREAS: readonly (readonly [string, readonly Pair[]])[] = [
  ['type sets', TYPE_SETS.flatMap(pairsOf)],
  ['null', NULLS.flatMap(pairsOf)],
  ['limits', LIMITS.flatMap(pairsOf)],
  ['enums', ENUMS.flatMap(pairsOf)],
  ['fields', FIELDS.flatMap(pairsOf)],
  ['defaults of fields', FIELD_DEFAULTS.flatMap(pairsOf)],
  ['contents', CONTENTS.flatMap(pairsOf)],
  ['unions', UNIONS.flatMap(pairsOf)],
  ['unions that a property tells apart', TOLD_UNIONS.flatMap(pairsOf)],
  ['codecs and validators', CODECS.flatMap(pairsOf)],
  ['endpoints', ENDPOINTS.map(pairOf)],
  ['methods', METHODS.map(pairOf)],
  ['arguments', ARGUMENTS.map(pairOf)],
  ['one way', ONE_WAY.map(pairOf)],
  ['defaults', DEFAULTS.map(pairOf)],
  ['results and errors', RESULTS.map(pairOf)],
  ['minors', MINORS.map(pairOf)],
  ['since', SINCE.map(pairOf)],
  ['since in shared types', SHARED.map(pairOf)],
  ['majors', MAJORS.map(pairOf)],
  ['named types', NAMED.map(pairOf)],
  ['releases', RELEASES.map(pairOf)],
];

describe.each(AREAS)('%s', (_area, pairs) => {
  test.each(pairs.map((pair) => [pair.says, pair] as const))('%s', (_says, pair) => {
    expect(found(pair)).toEqual(pair.finds);
  });
});

describe.each<readonly [string, readonly Alone[]]>([
  ['versions alone', VERSIONS_ALONE],
  ['since alone', SINCE_ALONE],
  ['late arguments alone', LATE_ALONE],
  ['removals alone', REMOVAL_ALONE],
  ['unchecked alone', UNCHECKED_ALONE],
])('%s', (_area, rows) => {
  test.each(rows.map(([says, ...row]) => [says, row] as const))('%s', (_says, [contract, ...finds]) => {
    const { findings } = lint(contract);
    expect(findings.map(({ rule, path }) => `${rule} ${path}`).sort()).toEqual(finds.sort());
  });
});

const ALL = AREAS.flatMap(([, pairs]) => pairs);
const promises = ({ before, after }: Pair) =>
  Object.entries(before.endpoints)
    .filter(([key]) => Object.hasOwn(after.endpoints, key))
    .map(([key, { version }]) => ({ key, was: releaseHash(before, key, version), is: releaseHash(after, key, version) }));

/** No rule reports these: `snapshot` records the earlier form, so the release can still be proved. */
const UNSAID = ['opened, coming in', 'opened, in a type that goes both ways', 'a map closed, going out'];

test('where a release is no longer what it was, something is found', () => {
  const silent = ALL.filter((pair) => pair.finds.every((each) => each === 'METHOD_ADDED Svc@1/beside'));
  expect(silent.flatMap((pair) => promises(pair).flatMap(({ was, is }) => (was === is ? [] : [pair.says])))).toEqual(UNSAID);
});

const LETTERS: Readonly<Record<string, string>> = { error: 'E', warn: 'w', info: 'i' };

test('the catalogue is that of the specification, severity for severity', () => {
  const rows = RULES.map(({ id, severity, hurts, bump }) => {
    const letters = PROFILES.all.map((category) => LETTERS[severity[category] ?? ''] ?? '-').join('');
    return [id, `${letters} ${hurts === 'no client' ? '-' : hurts} ${bump === 'none' ? '-' : bump}`];
  });
  expect(Object.fromEntries(rows)).toEqual(CATALOGUE);
});

test('every rule of two contracts is found somewhere in the corpus', () => {
  const seen = new Set(ALL.flatMap(({ finds }) => finds.map((each) => each.split(' ')[0])));
  const ids = RULES.filter((rule) => scopeOf(rule) === 'diff').map(({ id }) => id);
  expect(ids.filter((id) => !seen.has(id))).toEqual([]);
});

test.each<[Profile, readonly number[]]>([
  ['wire', [0]],
  ['wire+semantic', [0, 2]],
  ['all', [0, 1, 2]],
])('in profile %s a finding is as bad as the worst of its categories', (profile, columns) => {
  const worst = (rule: string) => ['E', 'w', 'i'].find((letter) => columns.some((column) => CATALOGUE[rule]![column] === letter));
  for (const { before, after, finds } of ALL) {
    const expected = finds.flatMap((each) => {
      const letter = worst(each.split(' ')[0]!);
      return letter === undefined ? [] : [`${letter} ${each}`];
    });
    const { findings } = diff(before, after, { profile });
    expect(findings.map(({ rule, path, severity }) => `${LETTERS[severity]} ${rule} ${path}`).sort()).toEqual(expected.sort());
  }
});

/** The same document, reordered where the order has no meaning. */
const turned = (value: unknown, word = ''): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => turned(item, ''));
    return ['required', 'enum', 'anyOf', 'type'].includes(word) ? items.reverse() : items;
  }
  const members = Object.entries(value).map(([key, member]) => [key, turned(member, key)] as const);
  return Object.fromEntries(members.reverse());
};

test('the order of files is nothing', () => {
  for (const { before, after } of ALL) {
    const { findings } = diff(before, after);
    const again = diff(turned(before) as typeof before, turned(after) as typeof after);
    expect(again.findings.map(({ rule, path, fingerprint }) => [rule, path, fingerprint])).toEqual(
      findings.map(({ rule, path, fingerprint }) => [rule, path, fingerprint]),
    );
  }
});

test('nothing is found in a contract and itself', () => {
  for (const { before, after } of ALL) {
    expect([...diff(before, before).findings, ...diff(after, after).findings]).toEqual([]);
  }
});

test('in an endpoint that was experimental everything is a note', () => {
  const wild = ({ endpoints, ...rest }: Pair['before']) => ({
    ...rest,
    endpoints: Object.fromEntries(
      Object.entries(endpoints).map(([key, each]) => [key, { ...each, stability: 'experimental' as const }]),
    ),
  });
  for (const { before, after, finds } of ALL) {
    const { findings } = diff(wild(before), after);
    const ofOld = findings.filter(({ endpoints }) => endpoints.some((key) => Object.hasOwn(before.endpoints, key)));
    expect(ofOld.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(findings.length).toBeGreaterThanOrEqual(finds.filter((each) => !each.startsWith('ENDPOINT_STABILITY')).length);
  }
});

/**
 * No history can be written for these changes; authors announce them to users of the release. An ungated change of a moved version has a
 * history of its own that is wrong.
 */
const WITHOUT_HISTORY = /WIDENED_UNGATED|ERROR_ADDED_UNGATED|ERROR_REMOVED|ERROR_RETRYABLE_CHANGED|DEFAULT_\w+ \S+\/args\/\w+$/;

test('what is released stays what it was, once its history is written down and nothing is an error', () => {
  const moved = ALL.flatMap((pair) => {
    const after = recordHistory(pair.before, pair.after);
    const { findings } = diff(pair.before, after);
    const isExcused = findings.some(
      ({ rule, path, severity }) => severity === 'error' || WITHOUT_HISTORY.test(`${rule} ${path}`),
    );
    if (isExcused) return [];
    return promises({ ...pair, after }).flatMap(({ was, is }) => (was === is ? [] : [`${pair.says}: ${pair.finds.join('; ')}`]));
  });
  expect(moved).toEqual([]);
});

test('every contract of the corpus is a contract file, and every report is of its schema', () => {
  const isReport = new Ajv2020({ strict: false }).compile(FINDINGS_SCHEMA);
  for (const { before, after } of ALL) {
    const [old, now] = [before, after].map((each) => parseSnapshot(writeSnapshot(each), 'contract.json'));
    const report = { ...diff(old!, now!), title: 'corpus' };
    const prints = diff(before, after).findings.map(({ fingerprint }) => fingerprint);
    expect(report.findings.map(({ fingerprint }) => fingerprint)).toEqual(prints);
    expect(isReport(JSON.parse(FORMATS.json(report))) || isReport.errors).toBe(true);
  }
});
