/** Versions of packages and the ranges that Concord's packages state: `^0.2.2`, `>=0.14.1 <0.16`, `>=20.19`. */

type Parts = readonly [number, number, number];

/** Returns whether a version is in a range; `undefined` if the range has another form. */
export function isInRange(version: string, range: string): boolean | undefined {
  const given = partsOf(version);
  if (given === undefined) return undefined;
  const tests = range.split(' ').map((part) => {
    const [, operator, written] = /^(\^|>=|<|)(\d[\d.]*)$/.exec(part) ?? [];
    const bound = partsOf(written ?? '');
    return bound && ROWS[operator!]!(given, bound);
  });
  return tests.includes(undefined) ? undefined : tests.every(Boolean);
}

const ROWS: Readonly<Record<string, (given: Parts, bound: Parts) => boolean>> = {
  '^': (given, bound) => compare(given, bound) >= 0 && compare(given, above(bound)) < 0,
  '>=': (given, bound) => compare(given, bound) >= 0,
  '<': (given, bound) => compare(given, bound) < 0,
  '': (given, bound) => compare(given, bound) === 0,
};

/** The first version that `^` of a version does not take. */
function above([major, minor, patch]: Parts): Parts {
  if (major > 0) return [major + 1, 0, 0];
  return minor > 0 ? [0, minor + 1, 0] : [0, 0, patch + 1];
}

function compare(a: Parts, b: Parts): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

function partsOf(version: string): Parts | undefined {
  const found = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version);
  return found === null ? undefined : [Number(found[1]), Number(found[2] ?? 0), Number(found[3] ?? 0)];
}
