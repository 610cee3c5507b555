/** Compiles checks of the limits that `@Arg` gives an argument. */

import { quote } from '../errors/quote';
import { extendPaths, type Findings, isFull } from '../schema/check';
import { brokenLimit } from '../schema/limits';
import type { SchemaKeywords } from '../schema/shape';

/** Adds a violation for each limit that a value breaks. It ignores values of another type: the check of the type reports them. */
export type LimitCheck = (value: unknown, path: string, findings: Findings) => void;

/** Compiles the check of some limits. */
export function compileLimitCheck({ enum: listed, items, ...limits }: SchemaKeywords): LimitCheck {
  const values = listed === undefined ? undefined : new Set(listed as readonly unknown[]);
  const says = values && `must be one of ${[...values].map(quote).join(', ')}`;
  const ofItem = items === undefined ? undefined : compileLimitCheck(items as SchemaKeywords);
  const rows = Object.entries(limits) as [string, number][];
  return (value, path, findings) => {
    const { violations } = findings;
    const before = violations.length;
    if (value === null) return; // the check of the type decides on null
    if (values !== undefined && !values.has(value)) violations.push({ path, message: says! });
    for (const [keyword, limit] of rows) {
      const message = brokenLimit(value, keyword, limit);
      if (message !== undefined) violations.push({ path, message });
    }
    if (ofItem === undefined || !Array.isArray(value) || violations.length > before) return;
    for (let index = 0; index < value.length && !isFull(findings); index++) {
      const found = violations.length;
      ofItem(value[index], path, findings);
      if (violations.length > found) extendPaths(violations, found, path, `[${index}]`);
    }
  };
}
