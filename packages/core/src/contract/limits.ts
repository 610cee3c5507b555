/** Limits of values as JSON Schema spells them: which there are, and whether a value keeps to them. */
import { quote } from '../errors/quote';
import type { SchemaKeywords } from './shape';

type Keeps = (value: unknown, limit: any) => boolean;

const ofNumber =
  (keeps: (value: number, limit: number) => boolean): Keeps =>
  (value, limit) =>
    typeof value !== 'number' || keeps(value, limit);
const ofText =
  (keeps: (length: number, limit: number) => boolean): Keeps =>
  (value, limit) =>
    typeof value !== 'string' || keeps([...value].length, limit);
const ofArray =
  (keeps: (length: number, limit: number) => boolean): Keeps =>
  (value, limit) =>
    !Array.isArray(value) || keeps(value.length, limit);
const atLeast = (value: number, limit: number) => value >= limit;
const atMost = (value: number, limit: number) => value <= limit;

/** One row a keyword: a value of another kind is not its concern. */
const LIMITS: Readonly<Record<string, Keeps>> = {
  minimum: ofNumber(atLeast),
  maximum: ofNumber(atMost),
  exclusiveMinimum: ofNumber((value, limit) => value > limit),
  exclusiveMaximum: ofNumber((value, limit) => value < limit),
  minLength: ofText(atLeast),
  maxLength: ofText(atMost),
  minItems: ofArray(atLeast),
  maxItems: ofArray(atMost),
  items: (value, limits: SchemaKeywords) => !Array.isArray(value) || value.every((item) => keepsTo(item, limits)),
};

/** Whether a value keeps to limits. */
export function keepsTo(value: unknown, limits: SchemaKeywords): boolean {
  for (const keyword in limits) if (!LIMITS[keyword]!(value, limits[keyword])) return false;
  return true;
}

/** Why something is no set of limits; `undefined` if it is one. */
export function problemOfLimits(limits: unknown): string | undefined {
  if (typeof limits !== 'object' || limits === null) return `${quote(limits)} is not an object of limits`;
  if (Object.keys(limits).length === 0) return 'names none';
  for (const [keyword, limit] of Object.entries(limits)) {
    if (!Object.hasOwn(LIMITS, keyword)) return `${quote(keyword)} is none of ${Object.keys(LIMITS).join(', ')}`;
    const problem =
      keyword === 'items' ? problemOfLimits(limit) : Number.isFinite(limit) ? undefined : `${keyword} is ${quote(limit)}`;
    if (problem !== undefined) return problem;
  }
  return undefined;
}
