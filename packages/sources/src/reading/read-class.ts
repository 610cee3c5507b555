/** Reads a contract class and the classes of its types from a program. */

import { literalValue } from '../syntax/literal-value';
import type { Node, Program } from '../syntax/syntax';
import type {
  ContractSource,
  SourceClass,
  SourceDecorator,
  SourceElement,
  SourceField,
  SourceMethod,
  SourceObject,
  SourceParameter,
  SourceRange,
} from './class-source';
import { readDoc } from './read-doc';
import { classesIn, readResult, readType, resultOf, typedBy } from './read-type';

/** Reads a contract class and every class that its types use, at any depth. */
export function readContract(program: Program, declaration: Node): ContractSource {
  const waiting = [...reachedBy(program, declaration)];
  const contract = readClass(program, declaration);
  const types = new Map<string, SourceClass>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const name = next.name?.text;
    if (name === undefined || types.has(name) || isOnlyDeclared(next)) continue;
    waiting.push(...reachedBy(program, next));
    types.set(name, readClass(program, next));
  }
  return { typescript: program.version, contract, types };
}

/** Returns true for a class in a declaration file, which has no source. */
function isOnlyDeclared(declaration: Node): boolean {
  return /\.d\.[cm]?ts$/.test(declaration.getSourceFile().fileName);
}

function readClass(program: Program, declaration: Node): SourceClass {
  const methods = new Map<string, SourceMethod>();
  const fields = new Map<string, SourceField>();
  for (const member of membersOf(program, declaration)) {
    const name = member.name?.text;
    if (name === undefined) continue;
    if (program.is(member, 'MethodDeclaration')) methods.set(name, readMethod(program, member));
    else fields.set(name, readField(program, member));
  }
  return { ...readElement(program, declaration), methods, fields };
}

/** Returns the methods and fields of a class and its ancestors. Own members come last and override inherited ones. */
function membersOf(program: Program, declaration: Node): readonly Node[] {
  const all = lineage(program, declaration).flatMap(({ members = [] }) => members);
  const own = all.filter((member) => program.is(member, 'MethodDeclaration') || program.is(member, 'PropertyDeclaration'));
  return own.filter((member) => !isStatic(member));
}

/** Returns a class and its ancestors, the root first. */
function lineage(program: Program, declaration: Node): readonly Node[] {
  const [parent] = (declaration.heritageClauses ?? []).filter((clause) => clause.getText().startsWith('extends'));
  const extended = parent?.types?.[0];
  const base = extended && program.classOf(program.typeOf(extended));
  return base === undefined || isOnlyDeclared(base) ? [declaration] : [...lineage(program, base), declaration];
}

/** Returns the classes that the member types of a class name. Requests all types in one query to the checker, which is faster. */
function reachedBy(program: Program, declaration: Node): ReadonlySet<Node> {
  const members = membersOf(program, declaration);
  const methods = members.filter((member) => program.is(member, 'MethodDeclaration'));
  const declared = [
    ...members.filter((member) => !methods.includes(member)),
    ...methods.flatMap(({ parameters = [] }) => parameters),
  ];
  const results = methods.map((method) => resultOf(program, method));
  const resolved = [...declared.map((each) => typedBy(program, each)), ...results].flatMap((typed) => typed?.resolved ?? []);
  program.prepare(resolved);
  const found = new Set<Node>();
  for (const node of resolved) classesIn(program, program.typeOf(node), found);
  for (const [index, method] of methods.entries()) {
    const returned = results[index] === undefined ? program.returnTypeOf(method) : undefined;
    if (returned !== undefined) classesIn(program, returned, found);
  }
  return found;
}

const NOT_PUBLIC: ReadonlySet<string> = new Set(['private', 'protected']);

function isStatic({ modifiers = [] }: Node): boolean {
  return modifiers.some((modifier) => modifier.getText() === 'static');
}

function hasQuestionMark({ questionToken, postfixToken }: Node): boolean {
  return [questionToken, postfixToken].some((token) => token?.getText() === '?');
}

function isPublic({ modifiers = [], name }: Node): boolean {
  return !modifiers.some((modifier) => NOT_PUBLIC.has(modifier.getText())) && name?.text?.startsWith('#') !== true;
}

function readMethod(program: Program, member: Node): SourceMethod {
  const parameters = (member.parameters ?? []).map((parameter) => readParameter(program, parameter));
  return { ...readElement(program, member), parameters, returns: readResult(program, member) };
}

function readParameter(program: Program, parameter: Node): SourceParameter {
  const type = readType(program, typedBy(program, parameter));
  const { initializer } = parameter;
  return {
    ...readElement(program, parameter),
    type,
    isOptional: hasQuestionMark(parameter) || initializer !== undefined || type.isOptional,
    initializer: initializer?.getText().replace(/\s+/g, ' '),
    default: initializer && literalValue(program, initializer),
  };
}

function readField(program: Program, member: Node): SourceField {
  const type = readType(program, typedBy(program, member));
  return {
    ...readElement(program, member),
    type,
    isOptional: hasQuestionMark(member) || type.isOptional,
    isPublic: isPublic(member),
  };
}

function readElement(program: Program, node: Node): SourceElement {
  const decorators = (node.modifiers ?? []).filter((modifier) => program.is(modifier, 'Decorator'));
  return {
    name: node.name?.text ?? '',
    nameRange: rangeOf(node.name ?? node),
    range: rangeOf(node),
    decorators: decorators.map((decorator) => readDecorator(program, decorator)),
    doc: readDoc(node),
  };
}

function readDecorator(program: Program, decorator: Node): SourceDecorator {
  const { expression } = decorator;
  const isCall = program.is(expression, 'CallExpression');
  const passed = (isCall && expression?.arguments) || [];
  const name = (isCall ? expression?.expression : expression)?.getText() ?? '';
  const last = passed[passed.length - 1];
  const options = program.is(last, 'ObjectLiteralExpression') ? readObject(program, last!) : undefined;
  return { ...rangeOf(decorator), name, argumentCount: passed.length, options };
}

function readObject(program: Program, literal: Node): SourceObject {
  const members = (literal.properties ?? []).flatMap((property) => {
    const { name, initializer } = property;
    return program.is(property, 'PropertyAssignment') && name?.text !== undefined && initializer !== undefined
      ? [[name.text, rangeOf(initializer)] as const]
      : [];
  });
  return { ...rangeOf(literal), isEmpty: (literal.properties ?? []).length === 0, members: new Map(members) };
}

function rangeOf(node: Node): SourceRange {
  return { file: node.getSourceFile().fileName, start: node.getStart(), end: node.end };
}
