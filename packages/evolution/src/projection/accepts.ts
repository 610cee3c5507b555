/** Whether a type of a document takes a value. */

import type { ContractDocument, SchemaDocument } from '@concord-rpc/core';
import Ajv2020 from 'ajv/dist/2020';
import { typesOf } from '../document/type-reference';

/** Whether a schema takes a value; of a schema that cannot be judged, such as a pattern that is none, no. */
export type Accepts = (schema: SchemaDocument, value: unknown) => boolean;

const judges = new WeakMap<ContractDocument, Accepts>();

/** The judge over the types of a document, made once. Formats and custom validators are not looked at. */
export function acceptsOf(snapshot: ContractDocument): Accepts {
  const known = judges.get(snapshot) ?? createAccepts(snapshot);
  judges.set(snapshot, known);
  return known;
}

function createAccepts(snapshot: ContractDocument): Accepts {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
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
