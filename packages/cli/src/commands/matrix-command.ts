/** `concord contract matrix`: shows which client versions work with which server versions. */
import { type Cell, type MatrixQuestion, matrix } from '@concord-rpc/evolution';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { writeFile } from '../console/write-file';
import { requireEndpoint, withoutEndpoint } from '../inputs/endpoint-versions';
import { addLoginOptions } from '../inputs/login-options';
import { distinct, type NamedSides, readMatrixSides } from '../inputs/matrix-sides';
import { expectOption, whyTooFew } from '../live/answered';
import type { LoginOptions } from '../live/nats-login';
import { breaksIn, matrixText } from '../print/matrix-text';
import { verificationText } from '../print/verification-text';
import { loadClasses } from '../project/load-classes';
import { openProject, type Project } from '../project/project';
import type { Verification } from '../verify/verify-matrix';

interface MatrixOptions extends NamedSides, LoginOptions {
  readonly subjects: 'versioned' | 'plain';
  readonly contract?: string;
  readonly withoutMajor?: boolean;
  readonly verify?: boolean;
  readonly modules?: readonly string[];
  readonly seed: number;
  readonly json?: boolean;
  readonly output?: string;
}

/** Adds options and action to the command `matrix`. */
export function defineMatrix(command: Command, run: Runner): void {
  addLoginOptions(command)
    .description(
      'Show for each client version, server version and method whether a call succeeds. Versions come from the contract, or from contracts of their own (--clients, --servers). A cell "A ▸ B" means: A with the required arguments only, B with all arguments. Exit code 1 if a call breaks.',
    )
    .argument('<key>', 'the endpoint, for example L3Plugin@1')
    .option(
      '--versions <range>',
      'versions of clients and servers: 1.0..1.2 or 1.0,1.2 (default: the released versions and the current one)',
    )
    .option('--clients <sources...>', 'contracts of clients: versions, files or git:REV')
    .option('--servers <sources...>', 'contracts of servers: versions, files or git:REV')
    .option('--fleet <versions>', 'versions of the servers of one fleet, for example 1.1,1.1,1.2')
    .addOption(new Option('--live <URL>', 'a live fleet: its servers and the clients that they have counted').conflicts('fleet'))
    .addOption(
      new Option('--subjects <kind>', 'the subjects that clients use').choices(['versioned', 'plain']).default('versioned'),
    )
    .addOption(expectOption())
    .option('--without-major', 'add a server that has dropped this major; a call that no server serves then counts as a break')
    .option('--contract <source>', 'the contract (default: the committed file)')
    .option('--verify', 'run generated calls for each pair over the memory transport, and report outcomes other than predicted')
    .option('--modules <FILES...>', 'with --verify: modules whose contract classes run with their validators and backports')
    .addOption(new Option('--seed <number>', 'with --verify: seed of the generated calls').argParser(parseSeed).default(1))
    .option('--json', 'print the matrix as JSON')
    .option('--output <FILE>', 'write the matrix to a file (default: standard output)')
    .action(run(runMatrix));
}

async function runMatrix(io: Io, key: string, options: MatrixOptions): Promise<ExitCode> {
  const project = openProject(io, options);
  const { snapshot } = await requireEndpoint(project, key, options.contract);
  const read = await readMatrixSides({ io, project, snapshot, key }, options);
  const dropped = options.withoutMajor === true ? [withoutEndpoint(snapshot, key)] : [];
  const sides = { ...read, servers: [...read.servers, ...dropped] };
  const result = matrix({ ...sides, key, subjects: options.subjects });
  const verification = options.verify === true ? await verify(project, { ...sides, key }, options) : undefined;
  const verified = verification === undefined ? '' : verificationText(verification);
  const text =
    options.json === true
      ? `${JSON.stringify({ ...result, ...(verification && { verification }) }, null, 2)}\n`
      : `${matrixText(result, options.subjects)}${verified}`;
  if (options.output === undefined) io.out(text);
  else writeFile(project.given(options.output), text, options.output);
  const unserved = options.withoutMajor === true && result.rows.some(({ cells }) => cells.some(isUnserved));
  if (unserved || breaksIn(result) > 0 || (verification?.disagreements.length ?? 0) > 0) return EXIT.findings;
  const tooFew = read.answered === undefined ? undefined : whyTooFew(read.answered, options.expect);
  if (tooFew !== undefined) io.err(`CANNOT TELL: ${tooFew}\n`);
  return tooFew === undefined ? EXIT.ok : EXIT.cannotTell;
}

function isUnserved({ least }: Cell): boolean {
  return least.outcome === 'no-endpoint';
}

function parseSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number from 0 to 999999999.');
}

/** Runs each client against each server. The clients of a live fleet run with the contracts of its callers. */
async function verify(
  project: Project,
  sides: Omit<MatrixQuestion, 'subjects'>,
  { modules = [], seed }: MatrixOptions,
): Promise<Verification> {
  const { verifyMatrix } = await import('../verify/verify-matrix.js'); // loads clients, servers and transports
  const { key, clients, callers = [], servers } = sides;
  const classes = modules.length === 0 ? [] : (await loadClasses(project.root, modules)).map(({ type }) => type);
  const contracts = [...clients, ...callers.flatMap(({ contract }) => contract ?? [])];
  return verifyMatrix({ key, clients: distinct(contracts), servers: distinct(servers), classes, seed });
}
