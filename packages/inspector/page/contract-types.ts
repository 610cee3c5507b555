/** The types of contract files, as the page uses them. */
import type { ShownContract } from '../src/messages';

type Endpoint = ShownContract['document']['endpoints'][string];

/** One method. */
export type MethodDocument = Endpoint['methods'][string];
/** One argument. */
export type ArgDocument = NonNullable<MethodDocument['args']>[number];
/** A type, in JSON Schema. */
export type SchemaDocument = ArgDocument['schema'];
