/** Versions: what is one, and the rule. */
import fc from 'fast-check';
import { compareVersions, formatVersion, parseVersion, servesVersion } from './version';

const MALFORMED: unknown[] = [
  '1',
  '1.1.1',
  '01.1',
  '1.01',
  '-1.0',
  '+1.0',
  '1.-1',
  '1.99999999999999999999',
  'NaN',
  'Infinity.0',
  '1e3.0',
  '0x1.0',
  '1_0.0',
  ' 1.0',
  '1.0 ',
  '1.0\n',
  '1.',
  '.1',
  '1..0',
  '1.0.0.0',
  '',
  '１.０',
  '١.٠',
  '1.0-beta',
  'v1.0',
  '*',
  '^1.0',
  'latest',
  1,
  1.1,
  null,
  undefined,
  {},
  ['1', '0'],
  new String('1.0'),
  '2147483648.0',
  '1.2147483648',
];

test.each(MALFORMED)('%p is not a version', (text) => {
  expect(() => parseVersion(text)).toThrow('[invalid_version]');
  expect(() => servesVersion('1.0', text as string)).toThrow('[invalid_version]');
  expect(() => servesVersion(text as string, '1.0')).toThrow('[invalid_version]');
});

test('a hundred kilobytes of digits are refused by their length', () => {
  expect(() => parseVersion(`1.${'1'.repeat(100_000)}`)).toThrow(/^\[invalid_version\] .{0,300}$/);
});

test('the error names what was wrong with what', () => {
  expect(() => parseVersion('1.x', 'since of Ports.list')).toThrow(
    '[invalid_version] since of Ports.list must be "major.minor", two integers such as "1.2" (no leading zeros, spaces, signs, revisions or suffixes); got "1.x"',
  );
});

const part = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const version = fc.record({
  major: fc.oneof(part, fc.integer({ min: 0, max: 3 })),
  minor: fc.oneof(part, fc.integer({ min: 0, max: 12 })),
});

test('every pair of integers is a version, and its text reads back as it', () => {
  fc.assert(fc.property(version, (each) => expect(parseVersion(formatVersion(each))).toEqual(each)));
});

test('serves: the same major and a minor at least as high, as numbers', () => {
  fc.assert(
    fc.property(version, version, (offered, wanted) => {
      const expected = offered.major === wanted.major && offered.minor >= wanted.minor;
      expect(servesVersion(formatVersion(offered), formatVersion(wanted))).toBe(expected);
    }),
  );
  expect(servesVersion('1.10', '1.9')).toBe(true);
  expect(servesVersion('1.9', '1.10')).toBe(false);
});

test('versions are ordered as numbers', () => {
  expect(
    ['1.10', '1.9', '2.0', '1.0']
      .map((text) => parseVersion(text))
      .sort(compareVersions)
      .map(formatVersion),
  ).toEqual(['1.0', '1.9', '1.10', '2.0']);
});
