/** `concord contract matrix`: which client works with which server, version by version. */
import { type MatrixQuestion, matrix } from '@concord-rpc/evolution';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { requireEndpoint } from '../inputs/endpoint-versions';
import { distinct, type NamedSides, sidesOf } from '../inputs/matrix-sides';
import { writeFile } from '../inputs/report-options';
import { breaksIn, matrixText } from '../print/matrix-text';
import { verificationText } from '../print/verification-text';
import { loadClasses } from '../project/load-classes';
import { openProject, type Project } from '../project/project';
import { verifyMatrix } from '../verify/verify-matrix';

interface MatrixOptions extends NamedSides {
  readonly subjects: 'versioned' | 'plain';
  readonly contract?: string;
  readonly verify?: boolean;
  readonly modules?: readonly string[];
  readonly seed: number;
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
    .addOption(new Option('--live <URL>', 'the servers of a live fleet, and the clients that they have seen').conflicts('fleet'))
    .addOption(new Option('--subjects <kind>', 'how calls are addressed').choices(['versioned', 'plain']).default('versioned'))
    .option('--contract <source>', 'the contract (default: the committed file)')
    .option(
      '--verify',
      'run every pair too, with made-up calls over the memory transport, and tell where that is not what was reasoned',
    )
    .option('--modules <FILES...>', 'with --verify: modules with contract classes, whose validators and backports run too')
    .addOption(new Option('--seed <number>', 'with --verify: the calls to make up').argParser(parseSeed).default(1))
    .option('--json', 'the matrix as JSON')
    .option('--output <FILE>', 'write to a file instead of standard output')
    .action(run(runMatrix));
}

async function runMatrix(io: Io, key: string, options: MatrixOptions): Promise<ExitCode> {
  const project = openProject(io);
  const { snapshot } = await requireEndpoint(project, key, options.contract);
  const sides = await sidesOf({ io, project, snapshot, key }, options);
  const laid = matrix({ ...sides, key, subjects: options.subjects });
  const verification = options.verify === true ? await verified(project, { ...sides, key }, options) : undefined;
  const told = verification === undefined ? '' : verificationText(verification);
  const text =
    options.json === true
      ? `${JSON.stringify({ ...laid, ...(verification && { verification }) }, null, 2)}\n`
      : `${matrixText(laid, options.subjects)}${told}`;
  if (options.output === undefined) io.out(text);
  else writeFile(project.given(options.output), text, options.output);
  return breaksIn(laid) > 0 || (verification?.disagreements.length ?? 0) > 0 ? EXIT.findings : EXIT.ok;
}

function parseSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number, such as 1.');
}

/** Runs the sides; of a live fleet, the contracts of its callers. */
async function verified(project: Project, sides: Omit<MatrixQuestion, 'subjects'>, { modules = [], seed }: MatrixOptions) {
  const { key, clients, callers = [], servers } = sides;
  const classes = modules.length === 0 ? [] : (await loadClasses(project.root, modules)).map(({ type }) => type);
  const contracts = [...clients, ...callers.flatMap(({ contract }) => contract ?? [])];
  return verifyMatrix({ key, clients: distinct(contracts), servers: distinct(servers), classes, seed });
}
