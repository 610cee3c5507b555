/** Implements `Program` over a TypeScript checker; the parts that differ between TypeScript releases are passed in. */
import { KIND_NAMES, type KindName, type Node, type Program, type Type, type TypeKind } from './syntax';

/** A symbol of the checker. */
export interface CheckerSymbol {
  readonly name: string;
  readonly flags: number;
}

/** A type of the checker. */
export interface CheckerType extends Type {
  readonly objectFlags?: number;
  readonly value?: unknown;
  readonly intrinsicName?: string;
  getSymbol(): CheckerSymbol | undefined;
}

/** The members of a checker that are used; all TypeScript releases have them in this form. */
export interface Checker {
  getSymbolAtLocation(node: Node): CheckerSymbol | undefined;
  getExportsOfModule(module: CheckerSymbol): readonly CheckerSymbol[];
  getAliasedSymbol(symbol: CheckerSymbol): CheckerSymbol;
  getSignatureFromDeclaration(node: Node): object | undefined;
  getReturnTypeOfSignature(signature: object): CheckerType | undefined;
  getTypeArguments(type: CheckerType): readonly CheckerType[];
  typeToString(type: CheckerType): string;
}

/** The parts that differ between TypeScript releases. */
export interface CheckerParts {
  readonly version: string;
  readonly checker: Checker;
  readonly kinds: Readonly<Record<string, number | string>>;
  readonly typeFlags: Readonly<Record<string, number | string>>;
  readonly objectFlags: Readonly<Record<string, number | string>>;
  readonly symbolFlags: Readonly<Record<string, number | string>>;
  sourceFile(file: string): Node | undefined;
  declarationOf(symbol: CheckerSymbol): Node | undefined;
  typesAt(nodes: readonly Node[]): readonly (CheckerType | undefined)[];
  membersOfUnion(type: CheckerType): readonly CheckerType[] | undefined;
  close(): void;
}

/** Type kinds and the flags that mark them; the first match counts. */
const TYPE_KINDS: readonly (readonly [TypeKind, readonly string[]])[] = [
  ['undefined', ['Undefined', 'Void']],
  ['null', ['Null']],
  ['string', ['String', 'StringLiteral', 'TemplateLiteral', 'StringMapping']],
  ['number', ['Number', 'NumberLiteral']],
  ['boolean', ['Boolean', 'BooleanLiteral']],
];

/** Returns a program over a checker. */
export function programOf(parts: CheckerParts): Program {
  const { checker, typeFlags, objectFlags, symbolFlags } = parts;
  const has = (flags: number, all: Readonly<Record<string, number | string>>, name: string) =>
    (flags & (all[name] as number)) !== 0;
  const kinds = new Map(KIND_NAMES.map((name) => [name, parts.kinds[name] as number]));
  const is = (node: Node | undefined, kind: KindName) => node !== undefined && node.kind === kinds.get(kind);
  const types = new Map<Node, CheckerType>();
  const prepare = (nodes: readonly Node[]) => {
    const found = parts.typesAt(nodes);
    for (const [index, node] of nodes.entries()) types.set(node, found[index]!);
  };
  const classAt = (symbol: CheckerSymbol | undefined): Node | undefined => {
    if (symbol === undefined) return undefined;
    const target = has(symbol.flags, symbolFlags, 'Alias') ? checker.getAliasedSymbol(symbol) : symbol;
    const declaration = has(target.flags, symbolFlags, 'Class') ? parts.declarationOf(target) : undefined;
    return is(declaration, 'ClassDeclaration') ? declaration : undefined;
  };
  return {
    version: parts.version,
    is,
    classesOf: (file) => {
      const source = parts.sourceFile(file);
      const module = source && checker.getSymbolAtLocation(source);
      if (module === undefined) return source && new Map();
      const exported = checker.getExportsOfModule(module).map((symbol) => [symbol.name, classAt(symbol)] as const);
      return new Map(exported.filter((each): each is readonly [string, Node] => each[1] !== undefined));
    },
    typeOf: (node) => {
      if (!types.has(node)) prepare([node]);
      return types.get(node)!;
    },
    prepare,
    returnTypeOf: (method) => {
      const signature = checker.getSignatureFromDeclaration(method);
      return signature && checker.getReturnTypeOfSignature(signature);
    },
    partsOf: (type) => parts.membersOfUnion(type as CheckerType) ?? [type],
    kindOf: ({ flags }) => TYPE_KINDS.find(([, names]) => names.some((name) => has(flags, typeFlags, name)))?.[0] ?? 'other',
    valueOf: (type) => {
      const { flags, value, intrinsicName } = type as CheckerType;
      if (has(flags, typeFlags, 'BooleanLiteral')) return { value: value === true || intrinsicName === 'true' };
      return typeof value === 'string' || typeof value === 'number' ? { value } : undefined;
    },
    argumentsOf: (type) =>
      has((type as CheckerType).objectFlags ?? 0, objectFlags, 'Reference') ? checker.getTypeArguments(type as CheckerType) : [],
    classOf: (type) => classAt((type as CheckerType).getSymbol()),
    textOf: (type) => checker.typeToString(type as CheckerType),
    close: () => parts.close(),
  };
}
