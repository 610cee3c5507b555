/** Words violations as class-validator does, within a length. */
import type { ConstraintInstance, PropertyMetadata } from './libraries';

/** Longest message in characters. A message can repeat the value that it is about. */
const LONGEST = 512;
/** Longest part of a value, in characters, that replaces `$value` in a message. */
const LONGEST_VALUE = 64;

/** The values that a message can name. */
export interface MessageArgs {
  readonly targetName: string;
  readonly property: string;
  readonly object: object;
  readonly value: unknown;
  readonly constraints: readonly unknown[] | undefined;
}

/** Words a violation as class-validator does. */
export function messageOf({ message }: PropertyMetadata, instance: ConstraintInstance | undefined, args: MessageArgs): string {
  const given = message || instance?.defaultMessage?.(args) || '';
  let text = String(typeof given === 'function' ? given(args) : given);
  for (const [index, constraint] of (args.constraints ?? []).entries()) {
    text = text.replaceAll(`$constraint${index + 1}`, () => textOf(constraint));
  }
  const { value } = args;
  if (['string', 'boolean', 'number'].includes(typeof value)) {
    text = text.replaceAll('$value', () => cut(String(value), LONGEST_VALUE));
  }
  return cut(
    text.replaceAll('$property', () => args.property).replaceAll('$target', () => args.targetName),
    LONGEST,
  );
}

function textOf(constraint: unknown): string {
  if (Array.isArray(constraint)) return constraint.join(', ');
  return typeof constraint === 'symbol' ? String(constraint.description) : `${constraint}`;
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
