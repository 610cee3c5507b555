/** The limits of values, named as in JSON Schema: their kinds, and whether a value keeps to them. */
import { quote } from '../errors/quote';
import type { SchemaKeywords } from './shape';

/** One kind of limit. */
interface Limit {
  readonly of: 'number' | 'string' | 'array';
  /** `measure` is the number, the characters of a string or the items of an array. */
  readonly keeps: (measure: number, limit: number) => boolean;
  /** `must be at most 5`, `must have at most 5 items`. */
  readonly phrase: string;
}

const atLeast = (measure: number, limit: number) => measure >= limit;
const atMost = (measure: number, limit: number) => measure <= limit;

/** One row a keyword. A limit ignores values of another kind. */
const LIMITS: Readonly<Record<string, Limit>> = {
  minimum: { of: 'number', keeps: atLeast, phrase: 'at least' },
  maximum: { of: 'number', keeps: atMost, phrase: 'at most' },
  exclusiveMinimum: { of: 'number', keeps: (measure, limit) => measure > limit, phrase: 'above' },
  exclusiveMaximum: { of: 'number', keeps: (measure, limit) => measure < limit, phrase: 'below' },
  minLength: { of: 'string', keeps: atLeast, phrase: 'at least' },
  maxLength: { of: 'string', keeps: atMost, phrase: 'at most' },
  minItems: { of: 'array', keeps: atLeast, phrase: 'at least' },
  maxItems: { of: 'array', keeps: atMost, phrase: 'at most' },
};

/** The keyword of the limits of an array's items. */
const ITEMS = 'items';

/** The keywords of all limits. */
export const LIMIT_KEYWORDS = [...Object.keys(LIMITS), ITEMS];

/** Returns the kind of values that a limit is for. */
export function kindOfLimit(keyword: string): Limit['of'] {
  return LIMITS[keyword]?.of ?? 'array';
}

/** Returns whether a value keeps to all limits. */
export function keepsTo(value: unknown, limits: SchemaKeywords): boolean {
  for (const keyword in limits) {
    if (keyword === ITEMS) {
      if (Array.isArray(value) && !value.every((item) => keepsTo(item, limits[ITEMS] as SchemaKeywords))) return false;
    } else if (!keeps(value, LIMITS[keyword]!, limits[keyword] as number)) return false;
  }
  return true;
}

/** Returns the message of a violation if a value breaks a limit: `must be at most 5`; `undefined` if it does not. */
export function brokenLimit(value: unknown, keyword: string, limit: number): string | undefined {
  const row = LIMITS[keyword]!;
  if (keeps(value, row, limit)) return undefined;
  if (row.of === 'number') return `must be ${row.phrase} ${limit}`;
  return `must have ${row.phrase} ${limit} ${row.of === 'string' ? 'characters' : 'items'}`;
}

/** Returns the reason why a value is not an object of limits; `undefined` if it is one. */
export function problemOfLimits(limits: unknown): string | undefined {
  if (typeof limits !== 'object' || limits === null) return `${quote(limits)} is not an object of limits`;
  if (Object.keys(limits).length === 0) return 'names no limit';
  for (const [keyword, limit] of Object.entries(limits)) {
    if (!LIMIT_KEYWORDS.includes(keyword)) return `${quote(keyword)} is not a limit; limits are ${LIMIT_KEYWORDS.join(', ')}`;
    const problem =
      keyword === ITEMS
        ? problemOfLimits(limit)
        : Number.isFinite(limit)
          ? undefined
          : `${keyword} must be a finite number; got ${quote(limit)}`;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function keeps(value: unknown, { of, keeps: holds }: Limit, limit: number): boolean {
  if (of === 'number') return typeof value !== 'number' || holds(value, limit);
  if (of === 'string') return typeof value !== 'string' || holds(charactersOf(value), limit);
  return !Array.isArray(value) || holds(value.length, limit);
}

/** Counts the characters of a string, in which two halves of a surrogate pair are one, without a copy. */
function charactersOf(text: string): number {
  let count = text.length;
  for (let at = 1; at < text.length; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800) count--;
  }
  return count;
}
