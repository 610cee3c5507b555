/** Checks of tools that compile without the TypeScript compiler: whether they record types, and whether they keep names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DoctorCheck, ok, type Result, warning, wrong } from '../../diagnosis/check';
import { listed } from '../../diagnosis/listed';
import { readJsonc } from '../../project/tsconfig';
import type { ProjectFacts } from './project-facts';

/** Tools that record no types. */
const ERASING = ['tsx', 'esbuild', 'vite', 'vitest', 'tsup', 'ts-node-dev'];

/** Settings of swc: the path below `jsc`, the value that works, and what is wrong with another one. */
const SWC_SETTINGS: readonly (readonly [path: readonly string[], value: boolean, problem: string])[] = [
  [['parser', 'decorators'], true, 'decorators are not read'],
  [['transform', 'legacyDecorator'], true, 'decorators of parameters are refused'],
  [['transform', 'decoratorMetadata'], true, 'the types of arguments are erased'],
  [['keepClassNames'], true, 'classes can lose the names that contracts take from them'],
  [['transform', 'useDefineForClassFields'], false, 'fields of DTO classes that are not set are undefined, and not absent'],
];

/** The checks of tools. Each applies if the project uses the tool. */
export const TOOL_CHECKS: readonly DoctorCheck<ProjectFacts>[] = [
  { name: 'erasing tools', run: erasingTools },
  { name: 'swc', run: swc },
  { name: 'minified names', run: minifiedNames },
];

/** The commands in the scripts of a project: `["tsx", "src/main.ts"]`. */
function commandsIn({ manifest }: ProjectFacts): readonly (readonly string[])[] {
  const lines = Object.values(manifest?.scripts ?? {}).flatMap((script) => script.split(/&&|\|\||;|\|/));
  return lines.map((line) =>
    line
      .trim()
      .replace(/^(?:npx |\w+=\S+ )+/, '')
      .split(/\s+/),
  );
}

function erasingTools(facts: ProjectFacts): readonly Result[] {
  const used = ERASING.filter((tool) =>
    commandsIn(facts).some(([command, ...words]) => command === tool || (command === 'node' && words.includes(tool))),
  );
  if (used.length === 0) return [];
  const { untyped } = facts.sources;
  if (untyped.length === 0) return ok(`${used.join(', ')}: all arguments state their types`);
  return wrong(
    `${used.join(', ')} records no types, and these arguments state none: ${listed(untyped)}`,
    'write @Arg({ type: String }), or compile with tsc or swc',
  );
}

function swc({ root, sources }: ProjectFacts): readonly Result[] {
  const file = join(root, '.swcrc');
  if (!existsSync(file)) return [];
  const { jsc = {} } = (readJsonc(file) ?? {}) as { readonly jsc?: object };
  const problems = SWC_SETTINGS.flatMap(([path, value, problem]) => {
    const found = path.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], jsc);
    const matters = problem !== 'the types of arguments are erased' || sources.untyped.length > 0;
    return found === value || !matters ? [] : [{ setting: `jsc.${path.join('.')}: ${value}`, problem }];
  });
  if (problems.length === 0) return ok('.swcrc has the settings of decorators');
  return wrong(
    `.swcrc: ${problems.map(({ problem }) => problem).join('; ')}`,
    `set ${problems.map(({ setting }) => setting).join(', ')} in .swcrc`,
  );
}

function minifiedNames(facts: ProjectFacts): readonly Result[] {
  const minifying = commandsIn(facts).filter(
    ([command, ...words]) => command === 'esbuild' && words.some((word) => /^--minify(?:-identifiers)?$/.test(word)),
  );
  if (minifying.length === 0) return [];
  if (minifying.every((words) => words.includes('--keep-names'))) return ok('esbuild keeps the names of classes');
  return warning(
    'esbuild --minify renames classes, from which endpoints and errors take their names',
    'add --keep-names, or write @Endpoint({ name })',
  );
}
