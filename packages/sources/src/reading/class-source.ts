/** The data read from sources: contract classes with their methods, and the classes of their types with their fields. */

/** A range of text in a file, as offsets. */
export interface SourceRange {
  /** Absolute path. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** A type as the source spells it. */
export interface SourceType {
  readonly text: string;
  /** True if the type includes `undefined`. */
  readonly isOptional: boolean;
  /** True if `undefined` is its only value. */
  readonly isNothing: boolean;
  /** True if the type includes `null`. */
  readonly isNullable: boolean;
  /** Its values, sorted, if the type is a union of literals or an enum. */
  readonly values: readonly (string | number | boolean)[] | undefined;
}

/** A decorator call. */
export interface SourceDecorator extends SourceRange {
  readonly name: string;
  /** The number of its arguments. */
  readonly argumentCount: number;
  /** Its last argument, if that is an object literal. */
  readonly options: SourceObject | undefined;
}

/** An object literal. */
export interface SourceObject extends SourceRange {
  readonly isEmpty: boolean;
  /** The ranges of the values, by name; shorthand and spread members are left out. */
  readonly members: ReadonlyMap<string, SourceRange>;
}

/** A declaration that can have decorators. */
export interface SourceElement {
  /** Empty for a declaration without a name, such as a destructured parameter. */
  readonly name: string;
  /** The range of the name. */
  readonly nameRange: SourceRange;
  /** The range of the whole declaration, decorators included. */
  readonly range: SourceRange;
  readonly decorators: readonly SourceDecorator[];
  /** The JSDoc without its tags. */
  readonly doc: string | undefined;
}

/** A parameter of a method. */
export interface SourceParameter extends SourceElement {
  readonly type: SourceType;
  /** True if TypeScript lets callers omit it. */
  readonly isOptional: boolean;
  /** The text of its default value. */
  readonly initializer: string | undefined;
  /** The default value, if it is a constant that JSON can represent. */
  readonly default: { readonly value: unknown } | undefined;
}

/** A method. */
export interface SourceMethod extends SourceElement {
  readonly parameters: readonly SourceParameter[];
  /** The type that its promise resolves to, or of the items of its stream. */
  readonly returns: SourceType;
}

/** A field. */
export interface SourceField extends SourceElement {
  readonly type: SourceType;
  readonly isOptional: boolean;
  readonly isPublic: boolean;
}

/** A class with its own and its inherited members. */
export interface SourceClass extends SourceElement {
  readonly methods: ReadonlyMap<string, SourceMethod>;
  readonly fields: ReadonlyMap<string, SourceField>;
}

/** A contract class, and by name the classes that the types of its methods use, directly or through fields. */
export interface ContractSource {
  /** The version of the TypeScript that read the sources. */
  readonly typescript: string;
  readonly contract: SourceClass;
  readonly types: ReadonlyMap<string, SourceClass>;
}
