/** Finds the predicates of class-validator that its own decorators run, so that they can be called directly. */
import {
  type Constraint,
  classValidator,
  constraintsOf,
  forgetMetadata,
  type PropertyMetadata,
  propertyMetadata,
} from './libraries';

/** Returns whether a value is accepted. It looks at nothing but the value. */
export type Predicate = (value: unknown) => boolean;

type LibraryExports = Readonly<Record<string, (...args: unknown[]) => any>>;

/**
 * The validators of class-validator by name: the decorator, its predicate, and how many constraints the predicate takes. A validator that
 * reads neither its constraints nor the prototype of the value cannot be told from another of its name, and has no row: `isInt`, for example.
 */
export const OWN_PREDICATES: Readonly<Record<string, readonly [decorator: string, predicate: string, constraints: 0 | 1 | 2]>> = {
  arrayContains: ['ArrayContains', 'arrayContains', 1],
  arrayMaxSize: ['ArrayMaxSize', 'arrayMaxSize', 1],
  arrayMinSize: ['ArrayMinSize', 'arrayMinSize', 1],
  arrayNotContains: ['ArrayNotContains', 'arrayNotContains', 1],
  arrayNotEmpty: ['ArrayNotEmpty', 'arrayNotEmpty', 0],
  contains: ['Contains', 'contains', 1],
  equals: ['Equals', 'equals', 1],
  isAlpha: ['IsAlpha', 'isAlpha', 1],
  isAlphanumeric: ['IsAlphanumeric', 'isAlphanumeric', 1],
  isArray: ['IsArray', 'isArray', 0],
  isBase64: ['IsBase64', 'isBase64', 1],
  isBoolean: ['IsBoolean', 'isBoolean', 0],
  isDate: ['IsDate', 'isDate', 0],
  isDecimal: ['IsDecimal', 'isDecimal', 1],
  isDivisibleBy: ['IsDivisibleBy', 'isDivisibleBy', 1],
  isEmail: ['IsEmail', 'isEmail', 1],
  isEnum: ['IsEnum', 'isEnum', 1],
  isFqdn: ['IsFQDN', 'isFQDN', 1],
  isHash: ['IsHash', 'isHash', 1],
  isIn: ['IsIn', 'isIn', 1],
  isIp: ['IsIP', 'isIP', 1],
  isIso8601: ['IsISO8601', 'isISO8601', 1],
  isLength: ['Length', 'length', 2],
  isNotIn: ['IsNotIn', 'isNotIn', 1],
  isNumber: ['IsNumber', 'isNumber', 1],
  isNumberString: ['IsNumberString', 'isNumberString', 1],
  isObject: ['IsObject', 'isObject', 0],
  isString: ['IsString', 'isString', 0],
  isUrl: ['IsUrl', 'isURL', 1],
  isUuid: ['IsUUID', 'isUUID', 1],
  matches: ['Matches', 'matches', 2],
  max: ['Max', 'max', 1],
  maxLength: ['MaxLength', 'maxLength', 1],
  min: ['Min', 'min', 1],
  minLength: ['MinLength', 'minLength', 1],
  notContains: ['NotContains', 'notContains', 1],
  notEquals: ['NotEquals', 'notEquals', 1],
};
const OPTIONAL = 'isOptional';
const OPTIONAL_DECORATOR = 'IsOptional';
/** More frames than a validator of class-validator has. */
const FRAMES = 16;

/**
 * Returns the predicate that a validator runs, with its constraints; `undefined` if the validator has no row, or is not class-validator's own:
 * programs, and other copies of class-validator, can register validators of the same names.
 */
export function ownPredicate({ name, constraints }: PropertyMetadata, constraint: Constraint): Predicate | undefined {
  if (name === undefined || !Object.hasOwn(OWN_PREDICATES, name)) return undefined;
  const [decorator, predicate, count] = OWN_PREDICATES[name]!;
  if (!isSameCode(ofConstraint(constraint), decorator)) return undefined;
  const test = (classValidator() as unknown as LibraryExports)[predicate] as ((...args: unknown[]) => boolean) | undefined;
  const [first, second] = constraints ?? [];
  if (test === undefined || count === 0) return test;
  return count === 1 ? (value) => test(value, first) : (value) => test(value, first, second);
}

/** Returns whether a condition is that of `@IsOptional()`. */
export function isOwnOptional(metadata: PropertyMetadata): boolean {
  return metadata.name === OPTIONAL && isSameCode(ofCondition(metadata), OPTIONAL_DECORATOR);
}

type ValidatorRun = (value: unknown, args: object) => unknown;

/** The positions at which decorators fail that were applied here, by decorator; `undefined` if one does not fail. */
const positions = new Map<string, string | undefined>();

/**
 * Returns whether a run is of the same code as that of a decorator of class-validator. Both are made to fail at the first look at their
 * arguments: the same code fails at the same position.
 */
function isSameCode(run: ValidatorRun, decorator: string): boolean {
  if (!positions.has(decorator)) positions.set(decorator, positionOfOwn(decorator));
  const own = positions.get(decorator);
  return own !== undefined && positionOf(run) === own;
}

function ofConstraint(constraint: Constraint): ValidatorRun {
  return (value, args) => constraint.instance.validate(value, args);
}

function ofCondition({ constraints }: PropertyMetadata): ValidatorRun {
  return (value) => (constraints![0] as ValidatorRun)(value, value as object);
}

function positionOfOwn(decorator: string): string | undefined {
  class Probe {}
  try {
    (classValidator() as unknown as LibraryExports)[decorator]!({})(Probe.prototype, 'probe');
    const metadata = propertyMetadata(Probe)[0]!;
    const constraint = constraintsOf(metadata)[0];
    return positionOf(constraint === undefined ? ofCondition(metadata) : ofConstraint(constraint));
  } catch {
    return undefined; // this release of class-validator lacks the decorator
  } finally {
    forgetMetadata(Probe);
  }
}

const { proxy: REVOKED, revoke } = Proxy.revocable({}, {});
revoke();
const ARGS = {
  get constraints(): never {
    throw new Error('asked');
  },
};

/** Returns the position in the code at which a run fails: the calls from here to there. `undefined` if the run does not fail. */
function positionOf(run: ValidatorRun): string | undefined {
  const { stackTraceLimit, prepareStackTrace } = Error;
  if (!Reflect.set(Error, 'stackTraceLimit', FRAMES) || !Reflect.set(Error, 'prepareStackTrace', callsUpToHere)) return undefined;
  try {
    Promise.resolve(run(REVOKED, ARGS)).catch(() => undefined); // an asynchronous validator fails later
    return undefined;
  } catch (failure) {
    const { stack } = failure as { readonly stack?: unknown };
    return typeof stack === 'string' ? stack : undefined;
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
    Reflect.set(Error, 'prepareStackTrace', prepareStackTrace);
  }
}

/** Lists the calls of a stack up to `positionOf`. The stack is no text if it does not reach so far. */
function callsUpToHere(_failure: unknown, calls: readonly NodeJS.CallSite[]): unknown {
  const end = calls.findIndex((call) => call.getFunctionName() === positionOf.name);
  if (end < 0) return undefined;
  const texts = calls.slice(0, end).map((call) => [call.getFileName(), call.getLineNumber(), call.getColumnNumber()].join(':'));
  return texts.join('\n');
}
