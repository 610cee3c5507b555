/** Standard Schema, version 1: the interface of schema libraries (zod, valibot, arktype), and one run of a schema. */
import { safeText } from '../errors/safe-text';

/** A schema of a library that follows Standard Schema (https://standardschema.dev), version 1. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    /** The name of the library. */
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    /** The types of values before and after the schema, for the compiler only. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The result of a schema: a value, or the issues of a value that it refuses. */
export type SchemaResult<Output = unknown> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One reason why a schema refuses a value. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The reason why a schema gave no result. */
interface SchemaFailure {
  readonly failure: string;
  /** True if the schema returned a promise. */
  readonly isAsynchronous: boolean;
}

/** Returns whether a type as users write it is a schema of a library, in any version of the standard. */
export function isStandardSchema(token: unknown): token is StandardSchema {
  if ((typeof token !== 'object' && typeof token !== 'function') || token === null || !('~standard' in token)) return false;
  return typeof token['~standard'] === 'object' && token['~standard'] !== null;
}

/** Returns the name of the library of a schema. */
export function vendorOf(schema: StandardSchema): string {
  return safeText(String(schema['~standard'].vendor), 64);
}

/** Runs a schema on a value. Never throws: a schema that throws, or is asynchronous, is a failure. */
export function runSchema(schema: StandardSchema, value: unknown): SchemaResult | SchemaFailure {
  try {
    const result = schema['~standard'].validate(value);
    if (!isPromise(result)) return result;
    Promise.resolve(result).then(undefined, () => {}); // nothing waits for it, and a rejection must not end the process
    return { failure: `the ${vendorOf(schema)} schema returned a promise; schemas must be synchronous`, isAsynchronous: true };
  } catch {
    return { failure: `the ${vendorOf(schema)} schema threw`, isAsynchronous: false };
  }
}

function isPromise(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
