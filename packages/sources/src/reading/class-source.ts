/** What sources say of classes, as data: contract classes with their methods, the classes that they reach with their fields. */

/** Where something stands: offsets into the text of a file. */
export interface Place {
  /** Absolute. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** A type as it is written. */
export interface SourceType {
  readonly text: string;
  /** Whether it takes `undefined`. */
  readonly isOptional: boolean;
  /** Whether nothing but `undefined` is of it. */
  readonly isNothing: boolean;
  /** Whether it takes `null`. */
  readonly isNullable: boolean;
  /** Its values, in one order, if it is a union of literals or an enum. */
  readonly values: readonly (string | number | boolean)[] | undefined;
}

/** A decorator, and the object that it is given last. */
export interface SourceDecorator extends Place {
  readonly name: string;
  /** How many things it is given. */
  readonly given: number;
  readonly options: SourceObject | undefined;
}

/** An object literal: where it stands, and the values of its members. */
export interface SourceObject extends Place {
  readonly isEmpty: boolean;
  /** Those that are written as a name and a value. */
  readonly members: ReadonlyMap<string, Place>;
}

/** What can be decorated. */
export interface SourceElement {
  /** Empty where it has none, such as a parameter that is taken apart. */
  readonly name: string;
  /** Of its name. */
  readonly place: Place;
  /** Of all of it, decorators too. */
  readonly whole: Place;
  readonly decorators: readonly SourceDecorator[];
  readonly doc: string | undefined;
}

/** A parameter of a method. */
export interface SourceParameter extends SourceElement {
  readonly type: SourceType;
  /** Whether callers may leave it out, as TypeScript sees it. */
  readonly isOptional: boolean;
  /** The text of its default. */
  readonly initializer: string | undefined;
  /** The default, if it is a value that JSON knows. */
  readonly default: { readonly value: unknown } | undefined;
}

/** A method. */
export interface SourceMethod extends SourceElement {
  readonly parameters: readonly SourceParameter[];
  /** What its promise resolves to, or an item of its stream. */
  readonly returns: SourceType;
}

/** A field. */
export interface SourceField extends SourceElement {
  readonly type: SourceType;
  readonly isOptional: boolean;
  readonly isPublic: boolean;
}

/** A class, with what it inherits. */
export interface SourceClass extends SourceElement {
  readonly methods: ReadonlyMap<string, SourceMethod>;
  readonly fields: ReadonlyMap<string, SourceField>;
}

/** A contract class, and the classes that its methods reach, by name. */
export interface ContractSource {
  /** The version of the TypeScript that read it. */
  readonly typescript: string;
  readonly contract: SourceClass;
  readonly types: ReadonlyMap<string, SourceClass>;
}
