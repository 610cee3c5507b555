/**
 * Writes a report as JUnit XML: a suite for each endpoint, and a case for each rule that ran, so that a green run shows its
 * checks.
 */
import type { JudgedFinding } from '../check/approvals';
import type { Report } from './report';

/** Returns the report as JUnit XML. */
export function junitReport({ title, findings, ran }: Report): string {
  const endpoints = [...new Set([...Object.keys(ran), ...findings.flatMap(({ endpoints: keys }) => keys)])].sort();
  const suites = endpoints.map((endpoint) =>
    suiteOf(
      endpoint,
      findings.filter(({ endpoints: keys }) => keys.includes(endpoint)),
      ran[endpoint] ?? [],
    ),
  );
  const sum = (count: (suite: Suite) => number) => suites.reduce((total, suite) => total + count(suite), 0);
  const totals = `tests="${sum(({ tests }) => tests)}" failures="${sum(({ failures }) => failures)}"`;
  const body = suites.map(({ xml }) => xml).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escaped(title)}" ${totals}>\n${body}</testsuites>\n`;
}

interface Suite {
  readonly tests: number;
  readonly failures: number;
  readonly xml: string;
}

function suiteOf(endpoint: string, findings: readonly JudgedFinding[], ran: readonly string[]): Suite {
  const rules = [...new Set([...ran, ...findings.map(({ rule }) => rule)])].sort();
  const cases = rules.map((rule) =>
    caseOf(
      endpoint,
      rule,
      findings.filter((finding) => finding.rule === rule),
    ),
  );
  const failures = cases.filter(({ isFailure }) => isFailure).length;
  const head = `  <testsuite name="${escaped(endpoint)}" tests="${cases.length}" failures="${failures}">\n`;
  return { tests: cases.length, failures, xml: `${head}${cases.map(({ xml }) => xml).join('')}  </testsuite>\n` };
}

/** Writes a rule in an endpoint. Errors without approval are failures. Other findings are the output of a passed case. */
function caseOf(endpoint: string, rule: string, findings: readonly JudgedFinding[]) {
  const open = findings.filter(({ severity, approval }) => severity === 'error' && approval === undefined);
  const others = findings.filter((finding) => !open.includes(finding));
  const name = `    <testcase classname="${escaped(endpoint)}" name="${rule}"`;
  if (findings.length === 0) return { isFailure: false, xml: `${name}/>\n` };
  const failures = open.map(
    (finding) => `      <failure message="${escaped(finding.path)}" type="${rule}">${escaped(bodyOf(finding))}</failure>\n`,
  );
  const output = others.length === 0 ? '' : `      <system-out>${escaped(others.map(bodyOf).join('\n'))}</system-out>\n`;
  return { isFailure: open.length > 0, xml: `${name}>\n${failures.join('')}${output}    </testcase>\n` };
}

function bodyOf({ severity, path, hurts, fix, approval }: JudgedFinding): string {
  const mark = approval === undefined ? severity : `approved (${approval.reason})`;
  return [`${mark} ${path}`, hurts, `fix: ${fix}`].filter((line) => line !== '').join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Escapes text for XML. Characters that XML does not allow are left out. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must go
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/[&<>"']/g, (each) => ENTITIES[each]!);
}
