/** Rules of whole endpoints: there or gone, where they listen, what they promise of themselves. */
import type { EndpointDocument } from '@concord-rpc/core';
import { isAdded, isRemoved, rulesOn } from './rule';

const STABILITIES = ['experimental', 'beta', 'stable'];

/** A facet of an endpoint that stayed, before and after, with what stands for one that is left out. */
function differs(
  { before, after }: { readonly before: EndpointDocument | undefined; readonly after: EndpointDocument | undefined },
  facet: (endpoint: EndpointDocument) => string | undefined,
): boolean {
  return before !== undefined && after !== undefined && facet(before) !== facet(after);
}

/** The subject root of an endpoint. */
function rootOf({ exchange = 'default', topic }: EndpointDocument): string {
  return `${exchange}/${topic}`;
}

export const ENDPOINT_RULES = [
  ...rulesOn('endpoint', [
    {
      id: 'ENDPOINT_REMOVED',
      purpose: 'An endpoint, every major of it, is gone.',
      severity: { wire: 'error', source: 'error' },
      hurts: 'old clients',
      bump: 'major',
      example: 'L3Plugin@1 → (gone)',
      harm: 'nobody answers them',
      fix: 'keep serving it until nobody calls it; can-deploy tells who does',
      check: (pair) => isRemoved(pair) && !pair.otherMajor,
    },
    {
      id: 'ENDPOINT_MAJOR_DROPPED',
      purpose: 'A major that was served is no longer served, another major is.',
      severity: { wire: 'error' },
      hurts: 'old clients',
      bump: 'major',
      example: 'L3Plugin@1, L3Plugin@2 → L3Plugin@2',
      harm: 'clients of this major find nobody',
      fix: 'serve both majors until no client of the old one is left',
      check: (pair) => isRemoved(pair) && pair.otherMajor,
    },
    {
      id: 'ENDPOINT_ADDED',
      purpose: 'An endpoint is new.',
      severity: { wire: 'info' },
      hurts: 'nobody',
      bump: 'none',
      example: '(none) → Metering@1',
      harm: '',
      fix: 'nothing to do',
      check: (pair) => isAdded(pair) && !pair.otherMajor,
    },
    {
      id: 'ENDPOINT_MAJOR_ADDED',
      purpose: 'A new major of a known endpoint is served.',
      severity: { wire: 'info' },
      hurts: 'nobody',
      bump: 'none',
      example: 'L3Plugin@1 → L3Plugin@1, L3Plugin@2',
      harm: '',
      fix: 'nothing to do',
      check: (pair) => isAdded(pair) && pair.otherMajor,
    },
    {
      id: 'ENDPOINT_TOPIC_CHANGED',
      purpose: 'The topic, the root of the subject, differs: nobody listens where old callers send.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'major',
      example: "topic 'l3' → 'l3-agent'",
      harm: 'what one side sends, the other does not hear',
      fix: 'keep the topic, or make {next} on the new one and serve both',
      check: (pair) => differs(pair, rootOf),
    },
    {
      id: 'ENDPOINT_NAMESPACE_CHANGED',
      purpose: 'The namespace differs.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'major',
      example: "(none) → 'admin'",
      harm: 'servers find no such endpoint',
      fix: 'keep the namespace, answer the old one as a legacy namespace, or make {next}',
      check: (pair) => differs(pair, (endpoint) => endpoint.namespace),
    },
    {
      id: 'ENDPOINT_CODEC_CHANGED',
      purpose: 'The codec of payloads differs.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'major',
      example: 'json → msgpack',
      harm: 'neither side can read the other',
      fix: 'keep the codec, or make {next}',
      check: (pair) => differs(pair, (endpoint) => endpoint.codec ?? 'json'),
    },
    {
      id: 'ENDPOINT_STABILITY_LOWERED',
      purpose: 'The endpoint promises less stability than it did: stable, then beta, then experimental.',
      severity: { semantic: 'warn' },
      hurts: 'nobody',
      bump: 'none',
      example: 'stable → beta',
      harm: 'those who relied on the promise are not told',
      fix: 'keep the promise, or make {next} with less of it',
      check: ({ before, after }) => before !== undefined && after !== undefined && rankOf(after) < rankOf(before),
    },
    {
      id: 'UNKNOWN_ARGS_NOW_REJECTED',
      purpose: 'Arguments that nobody declared were ignored and now are refused.',
      severity: { wire: 'error' },
      hurts: 'old clients',
      bump: 'major',
      example: 'unknownArgs: ignore → reject',
      harm: 'calls with further arguments are refused',
      fix: "keep unknownArgs: 'ignore', or make {next}",
      check: ({ before, after }) => before?.unknownArgs === 'ignore' && after !== undefined && after.unknownArgs !== 'ignore',
    },
  ]),
  ...rulesOn('subject', [
    {
      id: 'ENDPOINT_SUBJECT_COLLISION',
      purpose: 'Two endpoints share topic, namespace and major.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: "A@1 and B@1, both on topic 'q-plugin' without namespace",
      harm: 'a call to one may land on the other',
      fix: 'give {name} a topic or a namespace of its own',
      check: ({ before }) => before !== undefined,
    },
  ]),
];

function rankOf(endpoint: EndpointDocument): number {
  return STABILITIES.indexOf(endpoint.stability ?? 'stable');
}
