/** What is asked of a TypeScript, whichever release it is: syntax trees, and what its checker knows of types. */

/** A node of a syntax tree: the members that all releases share. */
export interface Node {
  readonly kind: number;
  /** Where what belongs to it begins, comments before it too. */
  readonly pos: number;
  readonly end: number;
  readonly text?: string;
  readonly name?: Node;
  readonly type?: Node;
  readonly initializer?: Node;
  /** `?` of a parameter; of a field, in some releases. */
  readonly questionToken?: Node;
  /** `?` or `!` of a field, in the others. */
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

/** The kinds of nodes that are told apart, as TypeScript calls them. */
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

/** A kind of nodes. */
export type KindName = (typeof KIND_NAMES)[number];

/** What a type is, as far as contracts can say it. */
export type TypeKind = 'undefined' | 'null' | 'string' | 'number' | 'boolean' | 'other';

/** A type of the checker; only the program that gave it can tell of it. */
export interface Type {
  readonly flags: number;
}

/** One program that is read. Everything in it is asked of the checker when it is wanted. */
export interface Program {
  /** Which TypeScript reads it, such as `7.0.2`. */
  readonly version: string;
  is(node: Node | undefined, kind: KindName): boolean;
  /** The class declarations that a module exports, by the names of the exports; `undefined` if the program has no such file. */
  classesOf(file: string): ReadonlyMap<string, Node> | undefined;
  typeOf(node: Node): Type;
  /** Asks for the types of nodes at once, which is faster than one after the other; then they are known. */
  prepare(nodes: readonly Node[]): void;
  returnTypeOf(method: Node): Type | undefined;
  /** The members of a union; of another type, itself. */
  partsOf(type: Type): readonly Type[];
  kindOf(type: Type): TypeKind;
  /** The one value of a literal type. */
  valueOf(type: Type): { readonly value: string | number | boolean } | undefined;
  /** What a generic type is of: the items of an array, the result of a promise. */
  argumentsOf(type: Type): readonly Type[];
  /** Where the class is declared that a type is an instance of. */
  classOf(type: Type): Node | undefined;
  textOf(type: Type): string;
  close(): void;
}

/** Which sources to read. */
export interface ProgramFiles {
  /** The project's folder. */
  readonly root: string;
  /** Absolute paths of the modules. */
  readonly files: readonly string[];
}
