/**
 * The texts of contract files that are names, versions or keys, as definitions of the schema. Whatever is written with them, such as
 * source code, subjects or reports, relies on these patterns: a contract may come from another team, or from a server.
 */

const NAME = '[\\p{L}_$][\\p{L}\\p{M}\\p{N}_$.-]{0,127}';
const ENDPOINT = '[A-Za-z_][A-Za-z0-9_.-]{0,127}';
const MAJOR = '(0|[1-9][0-9]{0,9})';
/** Definitions by name. Each description is the end of an error message. */
export const CONTRACT_TEXTS = {
  version: {
    type: 'string',
    pattern: '^[0-9A-Za-z.+_-]{0,64}$',
    description: 'must be MAJOR.MINOR, such as 1.2',
    $comment: 'a text such as 1.x is read, so that the rules VERSION_INVALID and SINCE_INVALID report it as a finding',
  },
  endpointKey: { pattern: `^${ENDPOINT}@${MAJOR}$`, description: 'must look like Name@1' },
  endpointName: { pattern: `^${ENDPOINT}(@${MAJOR})?$`, description: 'must look like Name or Name@1' },
  hash: { type: 'string', pattern: '^sha256:[0-9A-Za-z]{0,64}$', description: 'must look like sha256:0a1b' },
  address: {
    type: 'string',
    pattern: '^[!-~]{1,128}$',
    description: 'must be 1 to 128 characters of ASCII without spaces',
    $comment: 'contracts of other systems are compared too; a command that asks servers requires a token',
  },
  methodName: {
    type: 'string',
    pattern: '^(?!__proto__$)[A-Za-z0-9_-]{1,64}$',
    description: 'must be 1 to 64 letters, digits, "_" or "-", and not __proto__',
  },
  word: {
    type: 'string',
    pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,63}$',
    description: 'must be a word of at most 64 letters, digits, "_", "." or "-"',
  },
  name: {
    type: 'string',
    pattern: `^(?!__proto__$)${NAME}$`,
    description: 'must be a name of at most 128 letters, digits, "_", "$", "." or "-"',
  },
  reference: {
    type: 'string',
    pattern: `^#/types/(?!__proto__$)${NAME}$`,
    description: 'must be #/types/ and the name of a type',
  },
  fieldName: {
    type: 'string',
    pattern: '^(?!__proto__$)[^\\p{C}\\p{Zl}\\p{Zp}]{1,256}$',
    description: 'must be 1 to 256 characters without control characters, and not __proto__',
  },
} as const;
