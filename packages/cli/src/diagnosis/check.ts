/** One thing that `concord doctor` checks, and what it found. */

/** `not checked` has the reason in the sentence of the result. */
export type CheckVerdict = 'ok' | 'warning' | 'wrong' | 'not checked';

/** The place that a check looks at. */
export type Area = 'project' | 'broker' | 'fleet';

/** The result of a check. */
export interface Result {
  readonly verdict: CheckVerdict;
  /** One sentence with the thing and its value. */
  readonly what: string;
  /** The remedy. Absent if nothing is to be done. */
  readonly remedy?: string;
}

/** A check of some facts. It gives one result or several; none if it does not apply. */
export interface DoctorCheck<Facts> {
  readonly name: string;
  run(facts: Facts): readonly Result[] | Promise<readonly Result[]>;
}

/** A result with the check that found it. */
export interface CheckFinding extends Result {
  readonly area: Area;
  readonly check: string;
}

/** Nothing is to be done. */
export function ok(what: string): readonly Result[] {
  return [{ verdict: 'ok', what }];
}

/** It works, and should be changed. */
export function warning(what: string, remedy: string): readonly Result[] {
  return [{ verdict: 'warning', what, remedy }];
}

/** It does not work. */
export function wrong(what: string, remedy: string): readonly Result[] {
  return [{ verdict: 'wrong', what, remedy }];
}

/** It could not be found out. */
export function notChecked(why: string, remedy: string): readonly Result[] {
  return [{ verdict: 'not checked', what: why, remedy }];
}

/** Runs checks in order. A check that throws is a result that was not checked. */
export async function runChecks<Facts>(
  area: Area,
  checks: readonly DoctorCheck<Facts>[],
  facts: Facts,
): Promise<readonly CheckFinding[]> {
  const results = checks.map(async ({ name, run }) => {
    const found = await Promise.resolve()
      .then(() => run(facts))
      .catch((thrown: unknown) => notChecked(thrown instanceof Error ? thrown.message : String(thrown), 'ask again'));
    return found.map((result) => ({ area, check: name, ...result }));
  });
  return (await Promise.all(results)).flat();
}
