/** Rules of whole endpoints: existence, subject, codec and stability. */
import type { EndpointDocument } from '@concord-rpc/core/engine';
import { isAdded, isRemoved, rulesOn } from './rule';

const STABILITIES = ['experimental', 'beta', 'stable'];

/** Returns whether a facet of an endpoint differs between two contracts that both have it. */
function differs(
  { before, after }: { readonly before: EndpointDocument | undefined; readonly after: EndpointDocument | undefined },
  facet: (endpoint: EndpointDocument) => string | undefined,
): boolean {
  return before !== undefined && after !== undefined && facet(before) !== facet(after);
}

/** Returns the root of the endpoint's subjects. */
function rootOf({ exchange = 'default', topic }: EndpointDocument): string {
  return `${exchange}/${topic}`;
}

/** The rules of endpoints. */
export const ENDPOINT_RULES = [
  ...rulesOn('endpoint', [
    {
      id: 'ENDPOINT_REMOVED',
      purpose: 'An endpoint was removed in every major.',
      severity: { wire: 'error', source: 'error' },
      hurts: 'old clients',
      bump: 'major',
      example: 'L3Plugin@1 → (none)',
      harm: 'no server answers their calls',
      fix: 'serve the endpoint until no client calls it; `concord contract can-deploy` lists the callers',
      check: (pair) => isRemoved(pair) && !pair.otherMajor,
    },
    {
      id: 'ENDPOINT_MAJOR_DROPPED',
      purpose: 'A major of an endpoint is no longer served; another major is.',
      severity: { wire: 'error' },
      hurts: 'old clients',
      bump: 'major',
      example: 'L3Plugin@1, L3Plugin@2 → L3Plugin@2',
      harm: 'no server answers calls of this major',
      fix: 'serve both majors until no client uses the old one',
      check: (pair) => isRemoved(pair) && pair.otherMajor,
    },
    {
      id: 'ENDPOINT_ADDED',
      purpose: 'An endpoint was added.',
      severity: { wire: 'info' },
      hurts: 'no client',
      bump: 'none',
      example: '(none) → Metering@1',
      harm: '',
      fix: 'nothing to do',
      check: (pair) => isAdded(pair) && !pair.otherMajor,
    },
    {
      id: 'ENDPOINT_MAJOR_ADDED',
      purpose: 'A new major of an existing endpoint is served.',
      severity: { wire: 'info' },
      hurts: 'no client',
      bump: 'none',
      example: 'L3Plugin@1 → L3Plugin@1, L3Plugin@2',
      harm: '',
      fix: 'nothing to do',
      check: (pair) => isAdded(pair) && pair.otherMajor,
    },
    {
      id: 'ENDPOINT_TOPIC_CHANGED',
      purpose: 'The topic changed. It is the root of the subject: no server is subscribed where old clients send.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'major',
      example: "topic 'l3' → 'l3-agent'",
      harm: 'messages of one side do not reach the other side',
      fix: 'keep the topic, or make {next} on the new topic and serve both',
      check: (pair) => differs(pair, rootOf),
    },
    {
      id: 'ENDPOINT_NAMESPACE_CHANGED',
      purpose: 'The namespace changed.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'major',
      example: "(none) → 'admin'",
      harm: 'servers do not know the endpoint in this namespace',
      fix: 'keep the namespace, serve the old one as a legacy namespace, or make {next}',
      check: (pair) => differs(pair, (endpoint) => endpoint.namespace),
    },
    {
      id: 'ENDPOINT_CODEC_CHANGED',
      purpose: 'The codec of payloads changed.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'major',
      example: 'json → msgpack',
      harm: 'neither side can decode the messages of the other',
      fix: 'keep the codec, or make {next}',
      check: (pair) => differs(pair, (endpoint) => endpoint.codec ?? 'json'),
    },
    {
      id: 'ENDPOINT_STABILITY_LOWERED',
      purpose: 'The stability of the endpoint was lowered. The order is stable, beta, experimental.',
      severity: { semantic: 'warn' },
      hurts: 'no client',
      bump: 'none',
      example: 'stable → beta',
      harm: 'users who rely on the former stability are not told',
      fix: 'keep the stability, or make {next} with the lower one',
      check: ({ before, after }) => before !== undefined && after !== undefined && rankOf(after) < rankOf(before),
    },
    {
      id: 'UNKNOWN_ARGS_NOW_REJECTED',
      purpose: 'Servers ignored undeclared arguments and now refuse them.',
      severity: { wire: 'error' },
      hurts: 'old clients',
      bump: 'major',
      example: 'unknownArgs: ignore → reject',
      harm: 'calls with undeclared arguments are refused',
      fix: "keep unknownArgs: 'ignore', or make {next}",
      check: ({ before, after }) => before !== undefined && after !== undefined && ignores(before) && !ignores(after),
    },
    {
      id: 'UNKNOWN_ARGS_NOW_IGNORED',
      purpose: 'Servers refused undeclared arguments and now ignore them.',
      severity: { wire: 'info' },
      hurts: 'new clients',
      bump: 'minor',
      example: 'unknownArgs: reject → ignore',
      harm: 'calls with undeclared arguments are refused',
      fix: 'nothing to do',
      check: ({ before, after }) => before !== undefined && after !== undefined && !ignores(before) && ignores(after),
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
      harm: 'a call to one endpoint may reach the other',
      fix: 'give {name} a topic or a namespace of its own',
      check: ({ before }) => before !== undefined,
    },
  ]),
];

function rankOf(endpoint: EndpointDocument): number {
  return STABILITIES.indexOf(endpoint.stability ?? 'stable');
}

/** Returns whether servers ignore arguments that a method does not declare. */
function ignores({ unknownArgs }: EndpointDocument): boolean {
  return unknownArgs === 'ignore';
}
