/** The form of a roles file, as JSON Schema. */
import type { DocumentForm } from '@concord-rpc/evolution';
import { DIRECTIONS } from './directions';

const NAME = {
  type: 'string',
  pattern: '^[A-Za-z0-9_.-]{1,64}$',
  description: 'must be 1 to 64 letters, digits, "_", "-" or "."',
};
const TOKEN = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'must be 1 to 64 letters, digits, "_" or "-"' };
const ENTRIES = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 256 } };
const USER = {
  type: ['string', 'object'],
  additionalProperties: false,
  properties: { user: NAME, password: { type: 'string' }, nkey: { type: 'string' }, server: NAME, inbox: TOKEN },
};
const DIRECTION_LISTS = Object.fromEntries(Object.keys(DIRECTIONS).map((direction) => [direction, ENTRIES]));
const ROLE = {
  type: ['array', 'object'],
  items: ENTRIES.items,
  additionalProperties: false,
  properties: {
    ...DIRECTION_LISTS,
    to: { type: ['array', 'object'], items: ENTRIES.items, propertyNames: NAME, additionalProperties: ENTRIES },
    users: { type: 'array', items: USER, minItems: 1 },
    serve: ENTRIES,
    operate: { type: 'boolean' },
    observe: { type: 'boolean' },
  },
};

/** The form of a roles file. */
export const ROLES_FORM: DocumentForm = {
  is: 'roles files',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['roles'],
    properties: {
      roles: { type: 'object', propertyNames: NAME, additionalProperties: ROLE, minProperties: 1 },
      namespaces: {
        type: 'object',
        additionalProperties: { type: 'array', items: { ...TOKEN, type: ['string', 'null'] } },
      },
    },
  },
};
