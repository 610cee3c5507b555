/** Reads the functions and types that a source declares, with TypeScript's parser. */
import ts from '@typescript/typescript6';

const read = new Map();

/** Returns `{ functions: [{ name, parameters, line }], types: [{ name, line }] }` of a source. Only types at the top level are listed. */
export function declarationsOf(path, text) {
  let found = read.get(path);
  if (found === undefined) read.set(path, (found = readDeclarations(path, text)));
  return found;
}

function readDeclarations(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineOf = (node) => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const functions = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node) && !ts.isFunctionTypeNode(node)) {
      const parameters = node.parameters.filter(({ name }) => name.getText(file) !== 'this').length;
      functions.push({ name: nameOf(node, file), parameters, line: lineOf(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const isType = (node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);
  const types = file.statements.filter(isType).map((node) => ({ name: node.name.text, line: lineOf(node) }));
  return { functions, types };
}

function nameOf(node, file) {
  if (ts.isConstructorDeclaration(node)) return `the constructor of ${node.parent.name?.text ?? 'a class'}`;
  return node.name?.getText(file) ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name.getText(file) : 'a function');
}
