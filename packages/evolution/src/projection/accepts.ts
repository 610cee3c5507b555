/** Checks values against the types of a document. */

import type { ContractDocument } from '@concord-rpc/core';
import type { SchemaDocument } from '@concord-rpc/core/engine';
import type Ajv2020 from 'ajv/dist/2020';
import { newAjv } from '../document/new-ajv';
import { typesOf } from '../document/type-reference';

/** Returns whether a schema accepts a value; false if the schema is invalid, for example a malformed pattern. */
export type Accepts = (schema: SchemaDocument, value: unknown) => boolean;

const judges = new WeakMap<ContractDocument, Accepts>();

/**
 * Returns the check for the types of a document. It is created once for each document. Formats and custom validators are
 * ignored.
 */
export function acceptsOf(snapshot: ContractDocument): Accepts {
  const known = judges.get(snapshot) ?? createAccepts(snapshot);
  judges.set(snapshot, known);
  return known;
}

function createAccepts(snapshot: ContractDocument): Accepts {
  const ajv = newAjv({ strict: false, validateFormats: false });
  const known = new Map<SchemaDocument, (value: unknown) => boolean>();
  return (schema, value) => {
    let judge = known.get(schema);
    if (judge === undefined) {
      judge = compile(ajv, { ...schema, types: typesOf(snapshot) });
      known.set(schema, judge);
    }
    return judge(value);
  };
}

function compile(ajv: Ajv2020, schema: object): (value: unknown) => boolean {
  try {
    const validate = ajv.compile(schema);
    return (value) => validate(value) === true;
  } catch {
    return () => false;
  }
}
