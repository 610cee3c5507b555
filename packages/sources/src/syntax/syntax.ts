/** One interface to the syntax trees and types of every supported TypeScript release. */

/** A node of a syntax tree, with the members that all releases share. */
export interface Node {
  readonly kind: number;
  /** The offset where the node begins, including the comments before it. */
  readonly pos: number;
  readonly end: number;
  readonly text?: string;
  readonly name?: Node;
  readonly type?: Node;
  readonly initializer?: Node;
  /** The `?` of a parameter, and in TypeScript 5 and 6 of a field. */
  readonly questionToken?: Node;
  /** The `?` or `!` of a field in TypeScript 7. */
  readonly postfixToken?: Node;
  readonly expression?: Node;
  readonly operand?: Node;
  readonly body?: Node;
  readonly members?: readonly Node[];
  readonly modifiers?: readonly Node[];
  readonly parameters?: readonly Node[];
  readonly arguments?: readonly Node[];
  readonly typeArguments?: readonly Node[];
  readonly elements?: readonly Node[];
  readonly elementType?: Node;
  readonly properties?: readonly Node[];
  readonly heritageClauses?: readonly Node[];
  readonly types?: readonly Node[];
  getStart(): number;
  getText(): string;
  getSourceFile(): Node & { readonly fileName: string; readonly text: string };
}

/** The node kinds that are distinguished, by TypeScript's names. */
export const KIND_NAMES = [
  'ArrayLiteralExpression',
  'ArrayType',
  'AsExpression',
  'BooleanKeyword',
  'CallExpression',
  'ClassDeclaration',
  'Decorator',
  'FalseKeyword',
  'MethodDeclaration',
  'NoSubstitutionTemplateLiteral',
  'NullKeyword',
  'NumberKeyword',
  'NumericLiteral',
  'ObjectLiteralExpression',
  'ParenthesizedExpression',
  'PrefixUnaryExpression',
  'PropertyAssignment',
  'PropertyDeclaration',
  'SatisfiesExpression',
  'StringKeyword',
  'StringLiteral',
  'TrueKeyword',
  'TypeReference',
] as const;

/** The name of a node kind. */
export type KindName = (typeof KIND_NAMES)[number];

/** The kinds of types that contracts distinguish. */
export type TypeKind = 'undefined' | 'null' | 'string' | 'number' | 'boolean' | 'other';

/** A type of the checker; only the program that returned it can read it. */
export interface Type {
  readonly flags: number;
}

/** A TypeScript program. Its checker is queried on demand. */
export interface Program {
  /** The version of the TypeScript package, such as `7.0.2`. */
  readonly version: string;
  is(node: Node | undefined, kind: KindName): boolean;
  /** Returns the class declarations that a module exports, by export name; `undefined` if the file is not in the program. */
  classesOf(file: string): ReadonlyMap<string, Node> | undefined;
  typeOf(node: Node): Type;
  /** Resolves the types of many nodes in one query and caches them; faster than one query each. */
  prepare(nodes: readonly Node[]): void;
  returnTypeOf(method: Node): Type | undefined;
  /** Returns the members of a union; a list of the type itself for other types. */
  partsOf(type: Type): readonly Type[];
  kindOf(type: Type): TypeKind;
  /** Returns the value of a literal type; `undefined` for other types. */
  valueOf(type: Type): { readonly value: string | number | boolean } | undefined;
  /** Returns the type arguments of a generic type, such as the item type of an array. */
  argumentsOf(type: Type): readonly Type[];
  /** Returns the declaration of the class of which a type is an instance; `undefined` for other types. */
  classOf(type: Type): Node | undefined;
  textOf(type: Type): string;
  close(): void;
}

/** The files to read. */
export interface ProgramFiles {
  /** The folder of the project. */
  readonly root: string;
  /** Absolute paths of the modules. */
  readonly files: readonly string[];
}
