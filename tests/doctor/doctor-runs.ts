/** Runs of `concord doctor`, and what they found. */
import { concordHere } from '../cli/run-concord';

/** One finding, as the command prints it with `--json`. */
export interface Found {
  readonly area: string;
  readonly check: string;
  readonly verdict: 'ok' | 'warning' | 'wrong' | 'not checked';
  readonly what: string;
  readonly remedy?: string;
}

/** The surroundings of a run. */
export interface DoctorRun {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** Runs the command in this process with `--json`. Its exit code must fit what it found. */
export async function doctor({ cwd, env = {}, args = [] }: DoctorRun): Promise<readonly Found[]> {
  const { code, out, err } = await concordHere(cwd, ['doctor', '--json', ...args], env);
  expect(err).toBe('');
  const { findings } = JSON.parse(out) as { readonly findings: readonly Found[] };
  expect(code).toBe(findings.some(({ verdict }) => verdict === 'wrong') ? 1 : 0);
  for (const { verdict, remedy } of findings) expect(remedy !== undefined).toBe(verdict !== 'ok');
  return findings;
}

/** The findings of a check that are not ok. */
export function problemsOf(findings: readonly Found[], check: string): readonly Found[] {
  return findings.filter((each) => each.check === check && each.verdict !== 'ok');
}
