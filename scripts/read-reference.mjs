/** Reads the names that a package gives to users, with their docstrings, from the declaration files that the build writes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from '@typescript/typescript6';
import { ROOT } from './run-command.mjs';

const OPTIONS = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  noEmit: true,
  skipLibCheck: true,
};
const OWN = /\/packages\/(?<name>[\w-]+)\/dist\//;

/**
 * The names of a package's main entry, and the types of Concord that their signatures use without being exported: `{ names, others }`, each a
 * map from a name to `{ kind, about, throws, code, base, uses }`. `code`: the declarations with the docstrings of their members; `base`: the
 * code of the type of the same name in another package that this one extends or narrows; `uses`: the names of types that the signature names.
 *
 * @throws Error if the package is not built.
 */
export function referenceOf(packageName) {
  const entry = join(ROOT, 'packages', packageName, 'dist/index.d.ts');
  if (!existsSync(entry)) throw new Error(`${entry} does not exist; build first: npm run build`);
  const program = ts.createProgram([entry], OPTIONS);
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)));
  const names = new Map(exported.map((symbol) => [symbol.name, describe(resolved(symbol, checker), checker)]));
  const others = new Map();
  for (const { used } of [...names.values()])
    for (const symbol of used)
      if (!names.has(symbol.name) && symbol.flags & ts.SymbolFlags.Type) others.set(symbol.name, describe(symbol, checker));
  return { names, others: new Map([...others].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function resolved(symbol, checker) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function packageOf(symbol) {
  return OWN.exec(symbol.declarations?.[0]?.getSourceFile().fileName ?? '')?.groups.name;
}

/** The types of Concord that the declarations of a symbol name, in order. */
function symbolsUsedBy(symbol, checker) {
  const used = new Set();
  const visit = (node) => {
    if (isPrivate(node)) return;
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : ts.isTypeQueryNode(node)
          ? node.exprName
          : undefined;
    const found = name && checker.getSymbolAtLocation(name);
    const target = found && resolved(found, checker);
    if (target && target !== symbol && isShownType(target)) used.add(target);
    ts.forEachChild(node, visit);
  };
  for (const declaration of symbol.declarations ?? []) visit(declaration);
  return [...used];
}

function isShownType(symbol) {
  return packageOf(symbol) !== undefined && (symbol.flags & ts.SymbolFlags.TypeParameter) === 0;
}

function describe(symbol, checker) {
  const all = symbolsUsedBy(symbol, checker);
  const bases = all.filter(({ name }) => name === symbol.name);
  const used = [...all, ...bases.flatMap((base) => symbolsUsedBy(base, checker))].filter(({ name }) => name !== symbol.name);
  return {
    kind: kindOf(symbol),
    about: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
    throws: tagsOf(symbol, 'throws', checker),
    code: codeOf(symbol),
    base: bases.map(codeOf).join('\n\n'),
    used,
    uses: [...new Set(used.map(({ name }) => name))],
  };
}

function tagsOf(symbol, tag, checker) {
  const tags = symbol.getJsDocTags(checker).filter(({ name }) => name === tag);
  return tags.map(({ text }) => ts.displayPartsToString(text));
}

function kindOf({ flags }) {
  if (flags & ts.SymbolFlags.Function) return 'function';
  if (flags & ts.SymbolFlags.Class) return 'class';
  if (flags & ts.SymbolFlags.Variable) return flags & ts.SymbolFlags.Type ? 'type and value' : 'value';
  return flags & ts.SymbolFlags.Interface ? 'interface' : 'type';
}

/** The text of all declarations of a symbol. */
function codeOf({ declarations = [] }) {
  return declarations.map(textOfDeclaration).join('\n\n');
}

/** The text of a declaration without its own docstring and without private members. */
function textOfDeclaration(declaration) {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const file = node.getSourceFile();
  let text = '';
  let from = node.getStart(file);
  for (const member of node.members ?? []) {
    if (!isPrivate(member)) continue;
    text += file.text.slice(from, member.getFullStart());
    from = member.getEnd();
  }
  return (text + file.text.slice(from, node.getEnd())).replace(/^export\s+(?:default\s+)?/, '').replace(/^declare\s+/, '');
}

function isPrivate({ name, modifiers = [] }) {
  if (name !== undefined && ts.isPrivateIdentifier(name)) return true;
  return [...modifiers].some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
}
