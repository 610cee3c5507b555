/** The findings of `concord doctor` as text: a table for each area, with remedies below the results. */
import { counted } from '../console/plural';
import type { Area, CheckFinding, CheckVerdict } from './check';

/** The number of findings with each verdict. */
export type VerdictCounts = Readonly<Record<CheckVerdict, number>>;

/** Counts findings by verdict. */
export function countsOf(findings: readonly CheckFinding[]): VerdictCounts {
  const count = (verdict: CheckVerdict) => findings.filter((each) => each.verdict === verdict).length;
  return { ok: count('ok'), warning: count('warning'), wrong: count('wrong'), 'not checked': count('not checked') };
}

/** Formats findings. `places` names the place of each area. */
export function findingsText(findings: readonly CheckFinding[], places: Readonly<Record<Area, string>>): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const areas = (Object.keys(places) as Area[]).map((area) => {
    const own = findings.filter((each) => each.area === area);
    const lines = own.map(({ verdict, check, what, remedy }) => {
      const line = `  ${verdict.padEnd(11)}  ${check.padEnd(width)}  ${what}\n`;
      return remedy === undefined ? line : `${line}  ${' '.repeat(13 + width)}  → ${remedy}\n`;
    });
    return own.length === 0 ? '' : `${area}: ${places[area]}\n${lines.join('')}\n`;
  });
  const { ok, warning, wrong, 'not checked': unchecked } = countsOf(findings);
  return `${areas.join('')}${ok} ok, ${counted(warning, 'warning')}, ${wrong} wrong, ${unchecked} not checked\n`;
}
