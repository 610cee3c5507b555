/** The check of contract files against their schema. In the bundle, `scripts/bundle.mjs` puts the compiled check in place of this module: it starts faster. */
import type { ValidateFunction } from 'ajv/dist/2020';
import { newAjv } from '../document/new-ajv';
import { CHECK_OPTIONS } from './check-options';
import { CONTRACT_SCHEMA } from './contract-schema';

/** Checks a contract file up to its first problem. */
export const checkContract: ValidateFunction = newAjv(CHECK_OPTIONS).compile(CONTRACT_SCHEMA);
