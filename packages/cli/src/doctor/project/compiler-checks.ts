/** Checks of `tsconfig.json`: the options that decide whether decorators record types, and whether classes keep their form. */
import { type DoctorCheck, ok, type Result, warning, wrong } from '../../diagnosis/check';
import { listed } from '../../diagnosis/listed';
import { resolvedPackage } from './installed-packages';
import type { ProjectFacts } from './project-facts';

const set = (text: string) => `set ${text} in the compilerOptions of tsconfig.json`;

/** From this major on, TypeScript includes no types by default. */
const WITHOUT_TYPES = 6;

/** The checks of `tsconfig.json`. They apply if there is one. */
export const COMPILER_CHECKS: readonly DoctorCheck<ProjectFacts>[] = [
  { name: 'decorators', run: decorators },
  { name: 'argument types', run: argumentTypes },
  { name: 'class fields', run: classFields },
  { name: 'target', run: target },
  { name: 'node types', run: nodeTypes },
  { name: 'type imports', run: typeImports },
];

function decorators({ options, sources }: ProjectFacts): readonly Result[] {
  if (options === undefined) return [];
  if (options['experimentalDecorators'] === true) return ok('experimentalDecorators is on');
  if (sources.decorated.length === 0) return ok('experimentalDecorators is off: standard decorators');
  return wrong(
    `experimentalDecorators is off, and parameters have decorators: ${listed(sources.decorated)}`,
    set('"experimentalDecorators": true'),
  );
}

function argumentTypes({ options, sources }: ProjectFacts): readonly Result[] {
  if (options === undefined) return [];
  if (sources.untyped.length === 0) return ok(`all arguments state their types (${sources.files} files with @RpcMethod)`);
  const isLegacy = options['experimentalDecorators'] === true;
  if (isLegacy && options['emitDecoratorMetadata'] === true) return ok('emitDecoratorMetadata is on: the compiler records types');
  const remedy = isLegacy
    ? `${set('"emitDecoratorMetadata": true')}, or write @Arg({ type: String })`
    : `write @RpcMethod({ args: [{ name, type }] }), or ${set('"experimentalDecorators": true and "emitDecoratorMetadata": true')}`;
  return wrong(`the types of these arguments are erased: ${listed(sources.untyped)}`, remedy);
}

function classFields({ options }: ProjectFacts): readonly Result[] {
  if (options === undefined || options['experimentalDecorators'] !== true) return [];
  if (options['useDefineForClassFields'] === false) return ok('useDefineForClassFields is off');
  const isOldTarget = /^es(?:3|5|6|20(?:15|16|17|18|19|20|21))$/i.test(String(options['target'] ?? 'es5'));
  if (options['useDefineForClassFields'] === undefined && isOldTarget)
    return ok('useDefineForClassFields is off for this target');
  return warning(
    'useDefineForClassFields is on: fields of DTO classes that are not set are undefined, and not absent',
    set('"useDefineForClassFields": false'),
  );
}

function target({ options }: ProjectFacts): readonly Result[] {
  if (options === undefined) return [];
  const written = options['target'];
  if (written === undefined)
    return warning('target is not set: its default differs between releases of TypeScript', set('"target": "es2022"'));
  if (!/^es[35]$/i.test(String(written))) return ok(`target is ${String(written)}`);
  return wrong(
    `target is ${String(written)}: classes become functions, and error classes lose their names`,
    set('"target": "es2022"'),
  );
}

function nodeTypes({ options, root }: ProjectFacts): readonly Result[] {
  const compiler = resolvedPackage(root, 'typescript');
  if (options === undefined || compiler === undefined || Number.parseInt(compiler.version, 10) < WITHOUT_TYPES) return [];
  const { types } = options;
  if (Array.isArray(types) && (types.includes('node') || types.includes('*'))) return ok('types includes node');
  return warning(`TypeScript ${compiler.version} includes no types by default, and types lacks node`, set('"types": ["node"]'));
}

function typeImports({ options, sources }: ProjectFacts): readonly Result[] {
  if (options === undefined || sources.files === 0) return [];
  if (sources.erased.length === 0) return ok('the classes of arguments are imported as values');
  return wrong(
    `import type erases the classes of arguments: ${listed(sources.erased)}`,
    'write import in place of import type, and turn off lint rules that rewrite it (useImportType, consistent-type-imports)',
  );
}
