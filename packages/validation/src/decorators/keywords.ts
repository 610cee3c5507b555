/** Translates class-validator's decorators into JSON Schema keywords. A decorator without a row is listed by name in `x-validators`. */
import type { SchemaKeywords } from '@concord-rpc/core/engine';
import type { PropertyMetadata } from './libraries';

/** The keywords of a decorator with these constraints. */
type KeywordRow = (...constraints: any[]) => SchemaKeywords;

const format = (name: string) => () => ({ type: 'string', format: name });
const isText = () => ({ type: 'string' });

const ROWS: Readonly<Record<string, KeywordRow>> = {
  isString: isText,
  isNumber: () => ({ type: 'number' }),
  isInt: () => ({ type: 'integer' }),
  isBoolean: () => ({ type: 'boolean' }),
  isObject: () => ({ type: 'object' }),
  isArray: () => ({ type: 'array' }),
  isEnum: (_entity, values: unknown[]) => ({ enum: [...values].sort() }),
  isIn: (values: unknown[]) => ({ enum: [...values].sort() }),
  equals: (value) => ({ const: value }),
  min: (minimum) => ({ minimum }),
  max: (maximum) => ({ maximum }),
  isPositive: () => ({ exclusiveMinimum: 0 }),
  isNegative: () => ({ exclusiveMaximum: 0 }),
  isDivisibleBy: (multipleOf) => ({ multipleOf }),
  minLength: (minLength) => ({ type: 'string', minLength }),
  maxLength: (maxLength) => ({ type: 'string', maxLength }),
  isLength: (minLength, maxLength) => ({ type: 'string', minLength, ...(maxLength !== undefined && { maxLength }) }),
  isNotEmptyObject: () => ({ type: 'object', minProperties: 1 }),
  matches: (pattern: RegExp | string) => ({ type: 'string', pattern: pattern instanceof RegExp ? pattern.source : pattern }),
  arrayMinSize: (minItems) => ({ type: 'array', minItems }),
  arrayMaxSize: (maxItems) => ({ type: 'array', maxItems }),
  arrayNotEmpty: () => ({ type: 'array', minItems: 1 }),
  arrayUnique: () => ({ type: 'array', uniqueItems: true }),
  isUuid: format('uuid'),
  isEmail: format('email'),
  isUrl: format('uri'),
  isFqdn: format('hostname'),
  isIp: (version) => ({ type: 'string', format: version === undefined ? 'ip' : `ipv${version}` }),
  isIso8601: format('date-time'),
  isDate: format('date-time'),
  isDateString: format('date-time'),
  isRFC3339: format('date-time'),
  isMacAddress: format('mac'),
  isNumberString: format('number'),
  isPort: format('port'),
  isJson: format('json'),
  isBase64: format('base64'),
  isSemVer: format('semver'),
  isAlpha: format('alpha'),
  isAlphanumeric: format('alphanumeric'),
  isAscii: format('ascii'),
  isHexadecimal: format('hexadecimal'),
  isTimeZone: format('timezone'),
};

/** Returns the keywords of the decorators of one property. Keywords of decorators with `each` go under `items`. */
export function keywordsOf(metadata: readonly PropertyMetadata[]): SchemaKeywords {
  const own = gather(metadata.filter(({ each }) => !each));
  const items = gather(metadata.filter(({ each }) => each));
  return Object.keys(items).length === 0 ? own : { ...own, items };
}

function gather(metadata: readonly PropertyMetadata[]): SchemaKeywords {
  let keywords: SchemaKeywords = {};
  const others: { name: string; constraints?: readonly unknown[] }[] = [];
  for (const { type, name = type, constraints = [] } of metadata) {
    if (type !== 'customValidation') continue;
    const row = Object.hasOwn(ROWS, name) ? ROWS[name] : undefined;
    if (row !== undefined) keywords = { ...keywords, ...row(...constraints) };
    else others.push({ name, ...(isPlain(constraints) && constraints.length > 0 && { constraints }) });
  }
  return others.length === 0 ? keywords : { ...keywords, 'x-validators': others.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Returns true if the constraints can be written to a file: strings, numbers and booleans only. */
function isPlain(constraints: readonly unknown[]): boolean {
  return constraints.every((constraint) => ['string', 'number', 'boolean'].includes(typeof constraint));
}
