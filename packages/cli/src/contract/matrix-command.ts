/** `concord contract matrix`: which client works with which server, version by version. */
import { type Cell, contractsAt, type Matrix, type MatrixRow, matrix, type Snapshot, type Verdict } from '@concord-rpc/contract';
import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { openProject } from '../project/project';
import { contractsOf, requireEndpoint, versionsIn } from './endpoint-versions';
import { writeFile } from './report-options';

interface MatrixOptions {
  readonly versions?: string;
  readonly clients?: readonly string[];
  readonly servers?: readonly string[];
  readonly fleet?: string;
  readonly subjects: 'versioned' | 'plain';
  readonly contract?: string;
  readonly json?: boolean;
  readonly output?: string;
}

/** Adds the command. */
export function addMatrix(parent: Command, run: Runner): void {
  parent
    .command('matrix')
    .summary('which client works with which server, version by version')
    .description(
      'Lays versions of an endpoint side by side. Versions come from one contract file, as of each; or from files of their own\n(--clients, --servers). "▸": fine with what must be passed; what is asked with everything passed is told beside it.',
    )
    .argument('<key>', 'the endpoint, such as L3Plugin@1')
    .option(
      '--versions <range>',
      'versions of clients and servers: 1.0..1.2, or 1.0,1.2 (default: the released ones and the present one)',
    )
    .option('--clients <sources...>', 'client contracts: versions, files, git:REV')
    .option('--servers <sources...>', 'server contracts: versions, files, git:REV')
    .option('--fleet <versions>', 'versions of servers that stand together, such as 1.1,1.1,1.2')
    .addOption(new Option('--subjects <kind>', 'how calls are addressed').choices(['versioned', 'plain']).default('versioned'))
    .option('--contract <source>', 'the contract (default: the committed file)')
    .option('--json', 'the matrix as JSON')
    .option('--output <FILE>', 'write to a file instead of standard output')
    .action(run(runMatrix));
}

async function runMatrix(io: Io, key: string, options: MatrixOptions): Promise<ExitCode> {
  const project = openProject(io);
  const { snapshot } = await requireEndpoint(project, key, options.contract);
  const versions = versionsIn(snapshot, key, options.versions);
  const sidesOf = (sources: readonly string[] | undefined): Promise<readonly Snapshot[]> =>
    contractsOf(project, snapshot, key, sources ?? versions);
  const question = {
    key,
    clients: await sidesOf(options.clients),
    servers: await sidesOf(options.servers),
    fleet: contractsAt(snapshot, key, options.fleet === undefined ? [] : versionsIn(snapshot, key, options.fleet)),
    subjects: options.subjects,
  };
  const laid = matrix(question);
  const text = options.json === true ? `${JSON.stringify(laid, null, 2)}\n` : matrixText(laid, options.subjects);
  if (options.output === undefined) io.out(text);
  else writeFile(project.given(options.output), text, options.output);
  return breaksIn(laid) > 0 ? EXIT.findings : EXIT.ok;
}

const PLAIN = {
  chars: Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid']
      .concat(['mid-mid', 'right', 'right-mid', 'middle'])
      .map((name) => [name, '']),
  ),
  style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 },
};

function matrixText({ key, servers, fleet, rows }: Matrix, subjects: string): string {
  const heads = [key, '', ...servers.map((version) => `server ${version}`)];
  if (fleet.length > 0) heads.push(`fleet ${fleet.join(' ')} (${subjects} subjects)`);
  const table = new Table({ ...PLAIN, head: heads });
  let client = '';
  for (const row of rows) {
    const first = row.client === client ? '' : `client ${row.client}`;
    client = row.client;
    table.push([first, row.method, ...cellsOf(row).map(cellText)]);
  }
  const body = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
  const cells = rows.flatMap(cellsOf);
  const mark = cells.some(isPartly) ? '▸ ok with what must be passed; with everything passed, what is said behind it\n' : '';
  const rejects = cells.filter(({ least }) => least.outcome === 'reject').length;
  return `${body}\n${mark}${counted(breaksOf(cells), 'break')} · ${counted(rejects, 'reject')}\n`;
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

function verdictText({ outcome, needs, rules }: Verdict): string {
  if (outcome === 'break') return `break ${rules.join(' ')}`;
  return outcome === 'reject' && needs !== undefined ? `reject (needs ${needs})` : outcome;
}

function breaksOf(cells: readonly Cell[]): number {
  return cells.filter(({ least, most }) => least.outcome === 'break' || most.outcome === 'break').length;
}

function breaksIn({ rows }: Matrix): number {
  return breaksOf(rows.flatMap(cellsOf));
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
