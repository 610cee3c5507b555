/** Plans the changes of `concord init` to a project, and the steps that are left to a person. It changes nothing. */
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { applyEdits, findNodeAtLocation, modify, type Node, parseTree } from 'jsonc-parser';
import { CONFIG_FILE } from '../project/config';
import { compilerOptionsOf } from '../project/tsconfig';
import { type CompilerFlag, SWC_FLAGS, TSCONFIG_FLAGS } from './compiler-flags';
import { hasPackage, type ProjectState } from './project-facts';

/** The new text of a file; `before` is empty if the file does not exist. */
export interface FileChange {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** The changes, and the steps that a person has to take. */
export interface Plan {
  readonly changes: readonly FileChange[];
  readonly steps: readonly string[];
}

/** The packages that a project with Concord uses, and those for its development. */
const PACKAGES = ['concord-rpc', 'reflect-metadata', 'class-validator', 'nats'];
const DEV_PACKAGES = ['@concord-rpc/cli'];
const SWC = '@swc/core';
/** The file that a project without a contract is told to write it in. */
const FIRST_CONTRACT = 'src/contracts.ts';
/** TypeScript includes the types of Node by itself in earlier releases. */
const NO_TYPES_SINCE = 6;

/** Plans the changes. `entries`: the modules with contracts that the user named. */
export function planFor(facts: ProjectState, entries?: readonly string[]): Plan {
  const steps: string[] = [];
  const modules = modulesOf(facts, entries);
  const changes = [configChange(facts, modules), scriptsChange(facts, modules, steps), ...compilerChanges(facts, steps)].filter(
    (change): change is FileChange => change !== undefined && change.before !== change.after,
  );
  return { changes, steps: [...installSteps(facts, modules), ...steps, ...contractSteps(facts, modules)] };
}

/** The modules of the settings: compiled if the project compiles to a folder, else sources. */
interface Modules {
  readonly entries: readonly string[];
  readonly areBuilt: boolean;
  /** True if no module of the project declares an endpoint yet. */
  readonly isNew: boolean;
}

function modulesOf(facts: ProjectState, given?: readonly string[]): Modules {
  const { root, contracts, manifest } = facts;
  if (given !== undefined) return { entries: given, areBuilt: !given.some((file) => /\.[cm]?ts$/.test(file)), isNew: false };
  const sources = contracts.length > 0 ? contracts : [FIRST_CONTRACT];
  const { outDir, rootDir, noEmit } = compilerOptionsOf(join(root, 'tsconfig.json')) ?? {};
  const isCompiled = typeof outDir === 'string' && noEmit !== true && manifest.scripts?.build !== undefined;
  const isNew = contracts.length === 0;
  if (!isCompiled || hasPackage(facts, SWC)) return { entries: sources, areBuilt: false, isNew };
  const common = sources.every((source) => source.startsWith('src/')) ? 'src' : '.'; // as tsc finds it by itself
  const from = typeof rootDir === 'string' ? posix.normalize(rootDir) : common;
  const entries = sources.map((source) => posix.join(posix.normalize(outDir), posix.relative(from, source)).replace(/ts$/, 'js'));
  return { entries, areBuilt: true, isNew };
}

function configChange({ root }: ProjectState, { entries }: Modules): FileChange {
  const file = CONFIG_FILE;
  const before = textOf(root, file);
  return { file, before, after: before === '' ? `${JSON.stringify({ entries }, null, 2)}\n` : before };
}

function scriptsChange(facts: ProjectState, { areBuilt }: Modules, steps: string[]): FileChange {
  const { root, manager, manifest } = facts;
  const file = 'package.json';
  const before = textOf(root, file);
  const build = areBuilt ? `${manager.run} build && ` : '';
  const scripts = { contract: `${build}concord contract snapshot`, 'contract:check': `${build}concord contract check` };
  let after = before;
  for (const [name, script] of Object.entries(scripts)) {
    const present = manifest.scripts?.[name];
    if (present === undefined) after = withValue(after, ['scripts', name], script);
    else if (!present.includes('concord contract'))
      steps.push(`package.json has another script ${name}; add one that runs: ${script}`);
  }
  return { file, before, after };
}

function compilerChanges(facts: ProjectState, steps: string[]): readonly (FileChange | undefined)[] {
  const { root, typescript } = facts;
  const file = 'tsconfig.json';
  if (!existsSync(join(root, file))) {
    if (typescript !== undefined || facts.contracts.length > 0)
      steps.push(`there is no tsconfig.json here; decorators need these compiler options: ${flagsText(TSCONFIG_FLAGS)}`);
    return [swcChange(facts, steps)];
  }
  const options = compilerOptionsOf(join(root, file)) ?? {};
  const change = withFlags(root, { file, flags: TSCONFIG_FLAGS, presentValue: ({ path }) => options[path.at(-1)!] }, steps);
  if (typescript !== undefined && typescript < 5) steps.push(`TypeScript ${typescript} is installed; Concord needs 5 or later`);
  const lacksTypes = typescript !== undefined && typescript >= NO_TYPES_SINCE && options['types'] === undefined;
  if (!lacksTypes || !hasPackage(facts, '@types/node')) return [change, swcChange(facts, steps)];
  return [{ ...change, after: withValue(change.after, ['compilerOptions', 'types'], ['node']) }, swcChange(facts, steps)];
}

function swcChange({ root }: ProjectState, steps: string[]): FileChange | undefined {
  const file = '.swcrc';
  if (!existsSync(join(root, file))) return undefined;
  const tree = parseTree(textOf(root, file));
  const presentValue = ({ path }: CompilerFlag) => (tree === undefined ? undefined : valueAt(tree, path));
  return withFlags(root, { file, flags: SWC_FLAGS, presentValue }, steps);
}

/** A file with flags, and the value that each has now, from wherever. */
interface FlaggedFile {
  readonly file: string;
  readonly flags: readonly CompilerFlag[];
  presentValue(flag: CompilerFlag): unknown;
}

/** Adds the flags that are not set. One that is set to another value stays, and is a step for a person. */
function withFlags(root: string, { file, flags, presentValue }: FlaggedFile, steps: string[]): FileChange {
  const before = textOf(root, file);
  let after = before;
  for (const flag of flags) {
    const value = presentValue(flag);
    if (value === flag.value) continue;
    if (value === undefined) after = withValue(after, flag.path, flag.value);
    else steps.push(`${file} sets ${flag.path.at(-1)} to ${JSON.stringify(value)}; decorators need ${flag.value}`);
  }
  return { file, before, after };
}

function installSteps(facts: ProjectState, { entries, areBuilt }: Modules): readonly string[] {
  const { manager } = facts;
  const lacking = (names: readonly string[]) => names.filter((name) => !hasPackage(facts, name));
  const needsSwc = !areBuilt && entries.some((file) => /\.[cm]?ts$/.test(file));
  const [packages, dev] = [lacking(PACKAGES), lacking(needsSwc ? [...DEV_PACKAGES, SWC] : DEV_PACKAGES)];
  return [
    ...(packages.length === 0 ? [] : [`install: ${manager.add} ${packages.join(' ')}`]),
    ...(dev.length === 0 ? [] : [`install: ${manager.addDev} ${dev.join(' ')}`]),
  ];
}

function contractSteps({ root, manager }: ProjectState, { isNew }: Modules): readonly string[] {
  if (isNew)
    return [`write a contract in ${FIRST_CONTRACT}, or name its module in ${CONFIG_FILE}`, `record it: ${manager.run} contract`];
  return existsSync(join(root, 'concord.contract.json')) ? [] : [`record the contract: ${manager.run} contract`];
}

/** Sets a value in a JSON file with comments; everything else stays as it is written. */
function withValue(text: string, path: readonly string[], value: unknown): string {
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
  const formattingOptions = {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
  return applyEdits(text, modify(text, [...path], value, { formattingOptions }));
}

function valueAt(tree: Node, path: readonly string[]): unknown {
  return findNodeAtLocation(tree, [...path])?.value;
}

function flagsText(flags: readonly CompilerFlag[]): string {
  return flags.map(({ path, value }) => `"${path.at(-1)}": ${value}`).join(', ');
}

function textOf(root: string, file: string): string {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
