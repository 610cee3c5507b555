/** Rules of types in either direction. */
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { rulesOn } from './rule';

const SAYS_SOMETHING: readonly (keyof SchemaDocument)[] = ['$ref', 'type', 'enum', 'const', 'anyOf', 'properties', 'items'];

/** The rules of types. */
export const TYPE_RULES = [
  ...rulesOn('codec', [
    {
      id: 'CODEC_CHANGED',
      purpose: 'The encoding of a value, such as a date or bytes, changed.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'major',
      example: 'a date as ISO text → as seconds',
      harm: 'one side decodes `{name}` as another value',
      fix: 'keep the encoding, or make {next}',
      check: ({ before, after }) => before !== after,
    },
  ]),
  ...rulesOn('discriminator', [
    {
      id: 'DISCRIMINATOR_CHANGED',
      purpose: 'The property that distinguishes the members of a union changed.',
      severity: { wire: 'error', source: 'error' },
      hurts: 'both',
      bump: 'major',
      example: 'kind → type',
      harm: 'one side cannot tell which member it received',
      fix: 'keep the property, or make {next}',
      check: ({ before, after }) => before !== after,
    },
  ]),
  ...rulesOn('typeName', [
    {
      id: 'TYPE_RENAMED',
      purpose: 'An argument, result or field refers to a type with another name.',
      severity: { source: 'warn' },
      hurts: 'no client',
      bump: 'none',
      example: 'Policy → QosPolicy',
      harm: 'code that is compiled again must use the new name of the type',
      fix: 'nothing to do for requests and replies',
      check: ({ before, after }) => before !== after,
    },
  ]),
  ...rulesOn('position', [
    {
      id: 'UNCHECKED_TYPE',
      purpose: 'The type is not known, so no change of it can be detected.',
      severity: { wire: 'warn' },
      hurts: 'both',
      bump: 'none',
      example: 'an argument of type any',
      harm: 'changes of `{name}` are not detected',
      fix: 'declare its type',
      check: ({ after }) => !SAYS_SOMETHING.some((keyword) => after !== undefined && keyword in after),
    },
  ]),
];
