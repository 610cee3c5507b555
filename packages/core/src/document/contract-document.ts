/** The types of contract files (format 1, docs/contract.schema.json). */
import type { CallMode } from '../decorators/decorator-options';

/** A version, or one for each endpoint that shares the type: `{ "L3Plugin": "1.2" }`. */
export type VersionMark = string | Readonly<Record<string, string>>;

/** The earlier form of a part, before a version. */
export interface EarlierForm {
  readonly before: string;
  readonly required?: boolean;
  readonly schema?: SchemaDocument | null;
}

/** The version that deprecated a part, and the version that removes it. */
export interface DeprecationDocument {
  readonly since: string;
  readonly removeIn?: string;
  readonly use?: string;
  readonly why?: string;
}

/** A custom validator, by name: its code is not in the file. */
export interface CustomValidator {
  readonly name: string;
  readonly constraints?: unknown;
}

/** A type of a contract, in the profile of JSON Schema 2020-12 that contract files use. */
export interface SchemaDocument {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly deprecated?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, SchemaDocument>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaDocument;
  readonly items?: SchemaDocument;
  readonly anyOf?: readonly SchemaDocument[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly 'x-since'?: VersionMark;
  readonly 'x-was'?: readonly EarlierForm[];
  readonly 'x-enum-since'?: Readonly<Record<string, VersionMark>>;
  readonly 'x-enum-fallback'?: Readonly<Record<string, unknown>>;
  readonly 'x-open'?: boolean;
  readonly 'x-droppable'?: boolean;
  readonly 'x-codec'?: string;
  readonly 'x-discriminator'?: string;
  readonly 'x-validators'?: readonly CustomValidator[];
  readonly 'x-ts'?: string;
}

/** One argument. By default it is as old as the major, required, and without default value. */
export interface ArgDocument {
  readonly name: string;
  readonly schema: SchemaDocument;
  readonly since?: string;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly aliases?: readonly string[];
  readonly droppable?: boolean;
  readonly deprecated?: DeprecationDocument;
  readonly was?: readonly EarlierForm[];
}

/** One error that a method declares. */
export interface ErrorDocument {
  readonly since?: string;
  readonly retryable?: boolean;
  readonly data?: SchemaDocument;
}

/** The mode in which a method was called before a version. */
export interface EarlierMode {
  readonly before: string;
  readonly mode: CallMode;
}

/** One method. `returns` is the result, or the item of a stream; `null` or absent if it returns nothing. */
export interface MethodDocument {
  /** The only mode in which the method may be called; `any` if it declares none. */
  readonly mode: CallMode | 'any';
  /** Earlier modes, written by `concord contract snapshot` when a method becomes `any`. */
  readonly modeWas?: readonly EarlierMode[];
  readonly since?: string;
  readonly description?: string;
  readonly args?: readonly ArgDocument[];
  readonly returns?: SchemaDocument | null;
  readonly returnsWas?: readonly EarlierForm[];
  readonly errors?: Readonly<Record<string, ErrorDocument>>;
  readonly idempotent?: boolean;
  readonly idempotencyWindowMs?: number;
  readonly timeoutMs?: number;
  /** Former names, newest first. */
  readonly aliases?: readonly string[];
  /** The versions that added the former names. A name without a version is as old as the major. */
  readonly aliasSince?: Readonly<Record<string, string>>;
  readonly deprecated?: DeprecationDocument;
}

/** The treatment of undeclared arguments before a version. */
export interface EarlierUnknownArgs {
  readonly before: string;
  readonly unknownArgs: 'reject' | 'ignore';
}

/** One major of one interface. */
export interface EndpointDocument {
  readonly version: string;
  readonly exchange?: string;
  readonly topic: string;
  readonly namespace?: string;
  readonly codec?: string;
  readonly stability?: 'experimental' | 'beta' | 'stable';
  /** The treatment of arguments that a method does not declare; `reject` by default. */
  readonly unknownArgs?: 'reject' | 'ignore';
  /** Earlier treatments, written by `concord contract snapshot` when an endpoint begins to ignore undeclared arguments. */
  readonly unknownArgsWas?: readonly EarlierUnknownArgs[];
  readonly description?: string;
  readonly methods: Readonly<Record<string, MethodDocument>>;
}

/** A contract file: endpoints by `Name@major`, the types that they share, and the hashes of releases. */
export interface ContractDocument {
  readonly contract: 1;
  readonly $schema?: string;
  readonly generator?: Readonly<Record<string, unknown>>;
  readonly endpoints: Readonly<Record<string, EndpointDocument>>;
  readonly types?: Readonly<Record<string, SchemaDocument>>;
  readonly releases?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
