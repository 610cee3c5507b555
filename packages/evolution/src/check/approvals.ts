/** Approvals of breaking changes. Each approval names one change between two versions and matches no other change. */
import { newAjv } from '../document/new-ajv';
import { parseJson, UnreadableFile } from '../files/parse-snapshot';
import { type Finding, mergeFindings } from '../findings/finding';
import { createInspector } from '../findings/inspector';
import type { SeveritySettings } from '../findings/severity-settings';

/** One entry of an approvals file. */
export interface Approval {
  readonly rule: string;
  readonly path: string;
  /** The versions before and after the change; empty if the endpoint does not exist on that side. */
  readonly from: string;
  readonly to: string;
  readonly fingerprint: string;
  readonly reason: string;
  readonly by: string;
  /** The last day on which the approval is valid, as `2026-12-31`. */
  readonly until?: string;
}

/** A finding, with the approval that matches it. */
export interface JudgedFinding extends Finding {
  readonly approval?: Approval;
}

const TEXT = { type: 'string', minLength: 1 } as const;
const APPROVALS_SCHEMA = {
  type: 'array',
  items: {
    type: 'object',
    required: ['rule', 'path', 'from', 'to', 'fingerprint', 'reason', 'by'],
    additionalProperties: false,
    properties: {
      rule: TEXT,
      path: { ...TEXT, not: { pattern: '\\*' } },
      from: { type: 'string' },
      to: { type: 'string' },
      fingerprint: { type: 'string', pattern: '^[0-9a-f]{12}$' },
      reason: TEXT,
      by: TEXT,
      until: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
    },
  },
} as const;

/**
 * Reads the text of an approvals file.
 *
 * @throws UnreadableFile if the text is not JSON, or if an entry lacks a member or names more than one change.
 */
export function parseApprovals(text: string, fileName: string): readonly Approval[] {
  const value = parseJson(text, fileName);
  const validate = newAjv({ strict: false }).compile<Approval[]>(APPROVALS_SCHEMA);
  if (validate(value)) return value;
  const [error] = validate.errors!;
  const message = `${error!.instancePath || 'the file'} ${error!.message}`;
  throw new UnreadableFile(fileName, [{ line: 1, column: 1, message }]);
}

/** Writes the text of an approvals file, sorted by path and rule. */
export function writeApprovals(approvals: readonly Approval[]): string {
  const sorted = [...approvals].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

/** Makes the approval of a finding. */
export function approve(finding: Finding, why: Pick<Approval, 'reason' | 'by' | 'until'>): Approval {
  const { rule, path, fingerprint } = finding;
  return { rule, path, from: finding.from ?? '', to: finding.to ?? '', fingerprint, ...why };
}

/** Findings with their approvals, and the approvals that match no finding. */
export interface Judgement {
  readonly findings: readonly JudgedFinding[];
  readonly stale: readonly Approval[];
}

/**
 * Matches approvals with findings. An approval that matches no finding, or that expired before `today` (`2026-12-31`), becomes a
 * finding.
 */
export function judge(
  findings: readonly Finding[],
  approvals: readonly Approval[],
  today: string,
  settings: SeveritySettings = {},
): Judgement {
  const valid = new Map(
    approvals.filter(({ until }) => until === undefined || today <= until).map((each) => [keyOf(each), each]),
  );
  const used = new Set<Approval>();
  const judged = findings.map((finding): JudgedFinding => {
    const approval = valid.get(keyOf(approve(finding, { reason: '', by: '' })));
    if (approval === undefined) return finding;
    used.add(approval);
    return { ...finding, approval };
  });
  const stale = approvals.filter((approval) => !used.has(approval));
  return {
    findings: [...judged, ...mergeFindings(approvals.flatMap((each) => staleness(each, used.has(each), settings)))],
    stale,
  };
}

function staleness(approval: Approval, isUsed: boolean, settings: SeveritySettings): readonly Finding[] {
  const key = /^[^/#]+@\d+/.exec(approval.path)?.[0] ?? approval.path;
  const { from, to } = approval;
  const inspector = createInspector({ key, from, to, isExperimental: false, reaches: () => [] }, settings);
  inspector.listen({ kind: 'approval', path: approval.path, before: approval, after: undefined, isUsed });
  return inspector.findings;
}

function keyOf({ rule, path, from, to, fingerprint }: Approval): string {
  return JSON.stringify([path, rule, from, to, fingerprint]);
}
