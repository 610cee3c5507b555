/** Reads the public API of a package from the declaration files that the build writes. */
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from '@typescript/typescript6';
import { ROOT } from './run-command.mjs';

const SCOPE = '@concord-rpc/';
const printer = ts.createPrinter({ removeComments: true });
const modules = new Map();

/**
 * The API of a package: a list of `{ entry, names, hidden }`, one for each entry of its manifest. `names`: exported name → its
 * declarations as text, or the export line of a name of another package. `hidden`: the same for types that signatures use without
 * exporting them.
 *
 * @throws Error if the package is not built.
 */
export function apiOf(name) {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8'));
  const entries = Object.entries(exports).filter(([, target]) => target.types !== undefined);
  return entries.map(([entry, { types }]) => ({ entry, ...readEntry(posix.join('packages', name, types)) }));
}

function readEntry(path) {
  const names = new Map();
  const shown = new Set();
  const waiting = [];
  const show = (name, file, local) => {
    shown.add(`${file}:${local}`);
    const { text, uses } = declarationsIn(file, local);
    names.set(name, text);
    waiting.push(...uses);
  };
  for (const exported of exportsOf(path)) {
    if (exported.line !== undefined) names.set(exported.name, exported.line);
    else if (exported.isModule)
      for (const each of exportsOf(exported.file)) show(`${exported.name}.${each.name}`, each.file, each.local);
    else show(exported.name, exported.file, exported.local);
  }
  const hidden = new Map();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const key = `${next.file}:${next.local}`;
    if (shown.has(key)) continue;
    shown.add(key);
    const { text, uses } = declarationsIn(next.file, next.local);
    if (text === '') continue; // a type parameter, or a type of the language
    hidden.set(`${next.local} ${next.file}`, text);
    waiting.push(...uses);
  }
  return { names: sorted(names), hidden: sorted(hidden) };
}

/** The exports of a declaration file, each followed to the file that declares it: `{ name, file, local }`, or `{ name, line }` for another package's name. */
function exportsOf(path) {
  const { source, declared } = moduleOf(path);
  const own = [...declared].filter(([, nodes]) => nodes.some(isExported)).map(([name]) => ({ name, file: path, local: name }));
  const passed = source.statements.filter(ts.isExportDeclaration).flatMap((statement) => passedOn(path, statement));
  return [...own, ...passed];
}

function passedOn(path, { moduleSpecifier, exportClause, isTypeOnly }) {
  if (exportClause === undefined) return [];
  const from = moduleSpecifier?.text;
  if (ts.isNamespaceExport(exportClause)) return [{ name: exportClause.name.text, file: fileOf(path, from), isModule: true }];
  return exportClause.elements.map(({ name, propertyName, isTypeOnly: isType }) => {
    const local = (propertyName ?? name).text;
    if (from !== undefined && !from.startsWith('.')) {
      const alias = propertyName === undefined ? name.text : `${local} as ${name.text}`;
      return { name: name.text, line: `export ${isTypeOnly || isType ? 'type ' : ''}{ ${alias} } from '${from}';` };
    }
    return { name: name.text, ...definitionOf(from === undefined ? path : fileOf(path, from), local) };
  });
}

/** The file and local name of a declaration, followed through files that pass it on. */
function definitionOf(path, local) {
  const { declared, imported } = moduleOf(path);
  if (declared.has(local)) return { file: path, local };
  const found = imported.get(local);
  if (found !== undefined) return definitionOf(found.file, found.local);
  const passed = exportsOf(path).find(({ name }) => name === local);
  return passed?.file === undefined ? { file: path, local } : { file: passed.file, local: passed.local };
}

/** The declarations of a name in a file as text, and the names of this package that they use. */
function declarationsIn(path, local) {
  const { source, declared, imported } = moduleOf(path);
  const uses = [];
  const texts = (declared.get(local) ?? []).map((node) => {
    const visible = withoutPrivates(node);
    for (const used of namesIn(visible)) {
      if (declared.has(used)) uses.push({ file: path, local: used });
      else if (imported.has(used)) uses.push(definitionOf(imported.get(used).file, imported.get(used).local));
    }
    return printer.printNode(ts.EmitHint.Unspecified, visible, source).replace(/^export\s+|\bdeclare\s+/gm, '');
  });
  return { text: texts.join('\n'), uses };
}

function withoutPrivates(node) {
  if (!ts.isClassDeclaration(node)) return node;
  const members = node.members.filter(
    ({ name, modifiers = [] }) =>
      (name === undefined || !ts.isPrivateIdentifier(name)) &&
      !modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword),
  );
  return ts.factory.updateClassDeclaration(node, node.modifiers, node.name, node.typeParameters, node.heritageClauses, members);
}

/** The names in the types of a declaration: the first of `a.b.C`. */
function namesIn(node) {
  const found = new Set();
  const first = (name) =>
    ts.isQualifiedName(name) ? first(name.left) : ts.isPropertyAccessExpression(name) ? first(name.expression) : name;
  const visit = (each) => {
    if (ts.isTypeReferenceNode(each)) found.add(first(each.typeName).text);
    else if (ts.isTypeQueryNode(each)) found.add(first(each.exprName).text);
    else if (ts.isExpressionWithTypeArguments(each)) found.add(first(each.expression).text);
    ts.forEachChild(each, visit);
  };
  visit(node);
  return found;
}

/** A declaration file with what it declares and imports from its own package, by name. */
function moduleOf(path) {
  const known = modules.get(path);
  if (known !== undefined) return known;
  if (!existsSync(join(ROOT, path))) throw new Error(`${path} does not exist; build first: npm run build`);
  const source = ts.createSourceFile(path, readFileSync(join(ROOT, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const module = { source, declared: new Map(), imported: new Map() };
  const declare = (name, node) => module.declared.set(name, [...(module.declared.get(name) ?? []), node]);
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations) declare(name.text, statement);
    else if (ts.isImportDeclaration(statement)) addImports(path, statement, module.imported);
    else if (statement.name !== undefined && ts.isIdentifier(statement.name)) declare(statement.name.text, statement);
  }
  modules.set(path, module);
  return module;
}

function addImports(path, { moduleSpecifier, importClause }, imported) {
  const bindings = importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings) || moduleSpecifier.text.startsWith(SCOPE)) return;
  if (!moduleSpecifier.text.startsWith('.')) return;
  for (const { name, propertyName } of bindings.elements) {
    imported.set(name.text, { file: fileOf(path, moduleSpecifier.text), local: (propertyName ?? name).text });
  }
}

function fileOf(path, from) {
  const target = posix.join(posix.dirname(path), from).replace(/\.js$/, '');
  return existsSync(join(ROOT, `${target}.d.ts`)) ? `${target}.d.ts` : `${target}/index.d.ts`;
}

function isExported({ modifiers = [] }) {
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function sorted(names) {
  return new Map([...names].sort(([a], [b]) => (a < b ? -1 : 1)));
}
