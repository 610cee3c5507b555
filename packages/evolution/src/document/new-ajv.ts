/** Makes checkers of JSON Schema. The library is loaded for the first one, because most commands need none. */
import type Ajv2020 from 'ajv/dist/2020';
import type { Options } from 'ajv/dist/2020';

/** Makes a checker. */
export function newAjv(options: Options): Ajv2020 {
  const { default: Ajv } = require('ajv/dist/2020') as typeof import('ajv/dist/2020'); // a plain require, since bundlers include only what they see
  return new Ajv(options);
}
