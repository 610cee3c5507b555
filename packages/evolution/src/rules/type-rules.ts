/** Rules of types, whichever way their values go. */
import type { SchemaDocument } from '@concord-rpc/core';
import { rulesOn } from './rule';

const SAYS_SOMETHING: readonly (keyof SchemaDocument)[] = ['$ref', 'type', 'enum', 'const', 'anyOf', 'properties', 'items'];

export const TYPE_RULES = [
  ...rulesOn('codec', [
    {
      id: 'CODEC_CHANGED',
      purpose: 'The wire form of a value, such as a date or bytes, differs.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'major',
      example: 'a date as ISO text → as seconds',
      harm: 'one side reads `{name}` as something else',
      fix: 'keep the form, or make {next}',
      check: ({ before, after }) => before !== after,
    },
  ]),
  ...rulesOn('discriminator', [
    {
      id: 'DISCRIMINATOR_CHANGED',
      purpose: "The property that tells a union's members apart differs.",
      severity: { wire: 'error', source: 'error' },
      hurts: 'both',
      bump: 'major',
      example: 'kind → type',
      harm: 'one side cannot tell which member it has',
      fix: 'keep the property, or make {next}',
      check: ({ before, after }) => before !== after,
    },
  ]),
  ...rulesOn('typeName', [
    {
      id: 'TYPE_RENAMED',
      purpose: 'The same place names another type.',
      severity: { source: 'warn' },
      hurts: 'nobody',
      bump: 'none',
      example: 'Policy → QosPolicy',
      harm: 'code that is compiled again must name the other type',
      fix: 'nothing to do on the wire',
      check: ({ before, after }) => before !== after,
    },
  ]),
  ...rulesOn('position', [
    {
      id: 'UNCHECKED_TYPE',
      purpose: 'Nothing is known of the type here, so nothing can be checked.',
      severity: { wire: 'warn' },
      hurts: 'both',
      bump: 'none',
      example: 'an argument of type any',
      harm: 'a change of `{name}` is seen by nobody',
      fix: 'say its type',
      check: ({ after }) => !SAYS_SOMETHING.some((keyword) => after !== undefined && keyword in after),
    },
  ]),
];
