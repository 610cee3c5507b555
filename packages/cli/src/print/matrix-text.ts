/** The matrix as a text table without lines. */
import type { Cell, Matrix, MatrixRow, Verdict } from '@concord-rpc/evolution';
import Table from 'cli-table3';
import { counted } from '../console/plural';
import { safeText } from '../console/safe-text';

const PLAIN = {
  chars: Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid']
      .concat(['mid-mid', 'right', 'right-mid', 'middle'])
      .map((name) => [name, '']),
  ),
  style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 },
};

/** The table, with the number of breaks and rejects below it. */
export function matrixText({ key, servers, fleet, rows }: Matrix, subjects: string): string {
  const heads = [key, '', ...servers.map((version) => `server ${version}`)];
  if (fleet.length > 0) heads.push(`fleet ${fleet.join(' ')} (${subjects} subjects)`);
  const table = new Table({ ...PLAIN, head: heads });
  let client = '';
  for (const row of rows) {
    const first = row.client === client ? '' : `client ${row.client}`;
    client = row.client;
    table.push([safeText(first), callText(row), ...cellsOf(row).map(cellText)]);
  }
  const body = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
  const cells = rows.flatMap(cellsOf);
  const mark = cells.some(isPartly) ? 'A ▸ B: A with the required arguments only, B with all arguments\n' : '';
  const rejects = cells.filter(({ least }) => least.outcome === 'reject').length;
  return `${body}\n${mark}${counted(breaksOf(cells), 'break')} · ${counted(rejects, 'reject')}\n`;
}

function callText({ method, args }: MatrixRow): string {
  return safeText(args === undefined ? method : `${method}(${args.join(', ')})`);
}

function cellsOf({ cells, fleet }: MatrixRow): readonly Cell[] {
  return fleet === undefined ? cells : [...cells, fleet];
}

function cellText(cell: Cell): string {
  const { least, most } = cell;
  return isPartly(cell) ? `${verdictText(least)} ▸ ${verdictText(most)}` : verdictText(least);
}

function isPartly({ least, most }: Cell): boolean {
  return least.outcome !== most.outcome;
}

/** A verdict in one line: `reject (needs 1.2)`. */
export function verdictText({ outcome, needs, rules }: Verdict): string {
  if (outcome === 'break') return `break ${rules.join(' ')}`;
  return outcome === 'reject' && needs !== undefined ? `reject (needs ${needs})` : outcome;
}

function breaksOf(cells: readonly Cell[]): number {
  return cells.filter(({ least, most }) => least.outcome === 'break' || most.outcome === 'break').length;
}

/** Counts the cells in which a call breaks. */
export function breaksIn({ rows }: Matrix): number {
  return breaksOf(rows.flatMap(cellsOf));
}
