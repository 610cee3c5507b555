/** Rows of predicates against class-validator itself, and validators that are not its own although they have its names. */
import 'reflect-metadata';
import * as cv from 'class-validator';
import fc from 'fast-check';
import { constraintsOf, type PropertyMetadata, propertyMetadata } from './libraries';
import { isOwnOptional, OWN_PREDICATES, ownPredicate, type Predicate } from './own-predicates';

type Decorate = (...args: unknown[]) => PropertyDecorator;

enum Color {
  Red = 'red',
  Two = 2,
}

/** The constraints of each row with which it is tried. */
const CONSTRAINTS: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  arrayContains: [[['a']], [[]]],
  arrayMaxSize: [[2], [0]],
  arrayMinSize: [[2], [0]],
  arrayNotContains: [[['a']], [[]]],
  arrayNotEmpty: [[]],
  contains: [['a'], ['']],
  equals: [['a'], [Number.NaN], [undefined]],
  isAlpha: [[], ['de-DE']],
  isAlphanumeric: [[], ['de-DE']],
  isArray: [[]],
  isBase64: [[], [{ urlSafe: true }]],
  isBoolean: [[]],
  isDate: [[]],
  isDecimal: [[], [{ decimal_digits: '2' }]],
  isDivisibleBy: [[2], [3]],
  isEmail: [[], [{ require_tld: false }]],
  isEnum: [[Color], [{}]],
  isFqdn: [[], [{ require_tld: false }]],
  isHash: [['md5']],
  isIn: [[['a', 2, null]], [[]]],
  isIp: [[], ['4'], [6]],
  isIso8601: [[], [{ strict: true }]],
  isLength: [[1, 3], [2], [0, 0]],
  isNotIn: [[['a', 2, null]], [[]]],
  isNumber: [[], [{ maxDecimalPlaces: 1 }], [{ allowNaN: true }], [{ allowInfinity: true }]],
  isNumberString: [[], [{ no_symbols: true }]],
  isObject: [[]],
  isString: [[]],
  isUrl: [[], [{ require_tld: false }]],
  isUuid: [[], ['4'], ['all'], [['3', '4']]],
  matches: [[/^a/], ['^a', 'i'], [/a/g]],
  max: [[2], [Number.NaN]],
  maxLength: [[2], [0]],
  min: [[2], [-0]],
  minLength: [[2], [0]],
  notContains: [['a'], ['']],
  notEquals: [['a'], [undefined]],
};

/** Texts that some rows accept, and texts beside them. */
const TEXTS = [
  'a',
  'A',
  '12',
  '0f1e5b3c-0d5c-4c38-9a54-6f6f4f7c3a11',
  '0F1E5B3C-0D5C-3C38-9A54-6F6F4F7C3A11',
  '00000000-0000-0000-0000-000000000000',
  'x@example.com',
  'a@localhost',
  'http://localhost',
  'https://example.com/a?b#c',
  'example.com',
  '127.0.0.1',
  '::1',
  '::ffff:10.0.0.1%eth0',
  'd41d8cd98f00b204e9800998ecf8427e',
  '2024-02-29',
  '2024-02-30',
  '2024-01-01T00:00:00Z',
  'QWJj',
  'QW-_',
  '1.25',
  '-1',
  'äöü',
  'ab12',
  '😀a',
  'red',
  '\ud800',
];
const text = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ maxLength: 5 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom('\ud800', 'a\udc00', '😀😀', '', ' '),
  fc.uuid(),
  fc.ipV4(),
  fc.ipV6(),
  fc.emailAddress(),
);
const number = fc.oneof(
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 1, 2, 3, 1.25, 1e21, 5e-324, 2 ** 53),
  fc.double(),
  fc.integer({ min: -3, max: 3 }),
);
const single = fc.oneof(
  text,
  number,
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    false,
    10n,
    {},
    { a: 1 },
    new Date(0),
    new Date(Number.NaN),
    new String('a'),
    new Boolean(true),
  ),
);
const value = fc.oneof(
  { weight: 3, arbitrary: single as fc.Arbitrary<unknown> },
  { weight: 1, arbitrary: fc.array(single, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(['a'], ['a', 'b', 'c'], [[]], new Map(), new Set(['a'])) },
);

/** Decorates a class, and returns it with what class-validator stores of the decorator. */
function decorated(decorator: string, args: readonly unknown[], options?: object) {
  class Holder {
    value: unknown;
  }
  const given = options === undefined ? args : [...args, options];
  (cv as unknown as Record<string, Decorate>)[decorator]!(...given)(Holder.prototype, 'value');
  return { Holder, metadata: propertyMetadata(Holder)[0]! };
}

function predicateOf(metadata: PropertyMetadata): Predicate | undefined {
  return ownPredicate(metadata, constraintsOf(metadata)[0]!);
}

function attempt(run: () => unknown): unknown {
  try {
    return Boolean(run());
  } catch {
    return 'threw';
  }
}

test('every row is tried', () => {
  expect(Object.keys(CONSTRAINTS)).toEqual(Object.keys(OWN_PREDICATES));
});

const cases = Object.entries(CONSTRAINTS).flatMap(([name, lists]) => lists.map((args) => [name, args] as const));

test.each(cases)('%s %p: the predicate gives the verdict of class-validator', (name, args) => {
  const [decorator] = OWN_PREDICATES[name]!;
  const { Holder, metadata } = decorated(decorator, args);
  expect(metadata.name).toBe(name);
  const predicate = predicateOf(metadata);
  expect(predicate).toBeDefined();
  const verdicts = new Set<unknown>();
  const agrees = (each: unknown): void => {
    const instance = Object.assign(new Holder(), { value: each });
    const theirs = attempt(() => cv.validateSync(instance, { forbidUnknownValues: true }).length === 0);
    expect(attempt(() => predicate!(each))).toBe(theirs);
    verdicts.add(theirs);
  };
  for (const each of TEXTS) agrees(each);
  fc.assert(fc.property(value, agrees), { numRuns: 300 });
  // a row that always gave one verdict would be held to nothing
  if (!ONE_VERDICT.has(JSON.stringify([name, args]))) expect(verdicts.size).toBeGreaterThanOrEqual(2);
});

/** Rows whose verdict is the same for all values here. */
const ONE_VERDICT = new Set(
  [
    ['isEnum', [{}]],
    ['isIn', [[]]],
    ['isNotIn', [[]]],
    ['max', [Number.NaN]],
    ['equals', [Number.NaN]],
  ].map((each) => JSON.stringify(each)),
);

const IMITATIONS: [string, (target: object) => void][] = [
  [
    'registerDecorator with the name, the message and the predicate',
    (target) =>
      cv.registerDecorator({
        name: 'isUuid',
        target: target.constructor,
        propertyName: 'value',
        constraints: ['4'],
        validator: {
          validate: (each, args) => cv.isUUID(each, args?.constraints[0]),
          defaultMessage: () => '$property must be a UUID',
        },
      }),
  ],
  [
    'ValidateBy with a further condition',
    (target) =>
      cv.ValidateBy({ name: 'isString', validator: { validate: (each) => cv.isString(each) && each.length < 3 } })(
        target,
        'value',
      ),
  ],
  [
    'a validator that calls that of a decorator',
    (target) => {
      const own = constraintsOf(decorated('IsString', []).metadata)[0]!.instance;
      cv.ValidateBy({ name: 'isString', validator: { validate: (each) => own.validate(each) === true && each.length < 3 } })(
        target,
        'value',
      );
    },
  ],
  [
    'a validator that fails at once',
    (target) =>
      cv.ValidateBy({
        name: 'isString',
        validator: {
          validate: () => {
            throw new Error('asked');
          },
        },
      })(target, 'value'),
  ],
  [
    'a validator that answers with a rejected promise',
    (target) =>
      cv.ValidateBy({ name: 'isUuid', validator: { validate: () => Promise.reject(new Error('late')) } })(target, 'value'),
  ],
  [
    'the decorator of another copy of class-validator',
    (target) => (require('class-validator/bundles/class-validator.umd.js') as typeof cv).IsString()(target, 'value'),
  ],
];

describe.each<[string, () => void]>([
  ['with stacks as usual', () => undefined],
  ['with stacks of no frames', () => Reflect.set(Error, 'stackTraceLimit', 0)],
  ['with stacks of one text', () => Reflect.set(Error, 'prepareStackTrace', () => '\n    at x')],
  ['with a limit that cannot be set', () => Object.defineProperty(Error, 'stackTraceLimit', { value: 1, configurable: true })],
])('%s', (_name, setUp) => {
  const before = Object.getOwnPropertyDescriptors(Error);
  beforeEach(setUp);
  afterEach(() => {
    Object.defineProperty(Error, 'stackTraceLimit', before.stackTraceLimit!);
    if ('prepareStackTrace' in before)
      Object.defineProperty(Error, 'prepareStackTrace', before.prepareStackTrace as PropertyDescriptor);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
  });

  test.each(IMITATIONS)('%s is not taken for class-validator', (_what, decorate) => {
    class Holder {}
    decorate(Holder.prototype);
    const settings = [Error.stackTraceLimit, Error.prepareStackTrace];
    expect(predicateOf(propertyMetadata(Holder)[0]!)).toBeUndefined();
    expect([Error.stackTraceLimit, Error.prepareStackTrace]).toEqual(settings);
  });
});

test('@IsOptional() is told from other conditions', () => {
  class Holder {
    @cv.IsOptional() optional?: string;
    @cv.ValidateIf((holder: Holder) => holder.conditional !== undefined) conditional?: string;
  }
  const [optional, conditional] = propertyMetadata(Holder);
  expect(isOwnOptional(optional!)).toBe(true);
  expect(isOwnOptional(conditional!)).toBe(false);
  expect(isOwnOptional({ ...conditional!, name: 'isOptional' })).toBe(false);
});

test('nothing stays in the storage of class-validator', () => {
  const { validationMetadatas } = cv.getMetadataStorage() as unknown as {
    validationMetadatas: ReadonlyMap<{ name: string }, unknown>;
  };
  expect([...validationMetadatas.keys()].filter(({ name }) => name === 'Probe')).toEqual([]);
});
