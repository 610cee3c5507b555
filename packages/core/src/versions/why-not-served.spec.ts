/** Verdicts on calls that no endpoint takes, as a table of scenarios. */
import { type EndpointFacts, type ServiceVerdict, whyNotServed } from './why-not-served';

interface Scenario {
  readonly name: string;
  readonly wanted?: { readonly namespace?: string | null; readonly major?: number; readonly minor?: number };
  readonly endpoints: readonly (EndpointFacts & { readonly server?: string })[];
  /** By default of both sides. */
  readonly expected: unknown;
  readonly side?: 'client' | 'server';
}

function endpoint(version: string, hasMethod: boolean, ...namespaces: (string | null)[]) {
  return { version, hasMethod, namespaces: namespaces.length === 0 ? ['dhcp'] : namespaces };
}

const old = endpoint('1.1', true);
const fit = endpoint('1.3', true);
const stranger = endpoint('1.5', false);
const oldStranger = endpoint('1.0', false);
const otherMajor = endpoint('2.4', true);
const otherMajorStranger = endpoint('2.0', false);

/** The call needs 1.2 in namespace `dhcp`, unless a scenario says otherwise. */
const SCENARIOS: readonly Scenario[] = [
  { name: 'the method at the version', endpoints: [endpoint('1.2', true)], expected: { kind: 'served' } },
  { name: 'the method above the version, among older ones', endpoints: [old, fit], expected: { kind: 'served' } },
  { name: 'no endpoint at all', endpoints: [], expected: { kind: 'unknown_namespace', known: [] } },
  {
    name: 'other namespaces, each listed once',
    endpoints: [endpoint('1.3', true, 'l3', null), endpoint('1.3', true, null, 'metering')],
    expected: { kind: 'unknown_namespace', known: ['l3', null, 'metering'] },
  },
  {
    name: 'the null namespace is a namespace of its own',
    wanted: { namespace: null },
    endpoints: [fit],
    expected: { kind: 'unknown_namespace', known: ['dhcp'] },
  },
  { name: 'a further namespace counts', endpoints: [endpoint('1.3', true, 'l3', 'dhcp')], expected: { kind: 'served' } },
  {
    name: 'the endpoint is new enough and lacks the method',
    endpoints: [stranger],
    expected: { kind: 'no_such_method', endpoint: stranger },
  },
  {
    name: 'the first endpoint of the major is named, new enough or not',
    endpoints: [oldStranger, stranger],
    expected: { kind: 'no_such_method', endpoint: oldStranger },
  },
  {
    name: 'the method in an older minor',
    endpoints: [old],
    expected: { kind: 'unsupported_version', nearest: old, served: [old] },
  },
  {
    name: 'an unrelated endpoint that is new enough changes nothing',
    endpoints: [stranger, old],
    expected: { kind: 'unsupported_version', nearest: old, served: [old] },
  },
  {
    name: 'no endpoint is new enough, none has the method',
    endpoints: [otherMajorStranger, oldStranger],
    expected: { kind: 'unsupported_version', nearest: oldStranger, served: [otherMajorStranger, oldStranger] },
  },
  {
    name: 'another major only',
    endpoints: [otherMajor],
    expected: { kind: 'unsupported_version', nearest: otherMajor, served: [otherMajor] },
  },
  {
    name: 'the method in another major beside an old stranger',
    side: 'client',
    endpoints: [oldStranger, otherMajor],
    expected: { kind: 'unsupported_version', nearest: otherMajor, served: [otherMajor] },
  },
  {
    name: 'the method in another major beside an old stranger',
    side: 'server',
    endpoints: [oldStranger, otherMajor],
    expected: { kind: 'unsupported_version', nearest: oldStranger, served: [oldStranger, otherMajor] },
  },
  {
    name: 'the method in another major beside a stranger that is new enough',
    side: 'client',
    endpoints: [stranger, otherMajor],
    expected: { kind: 'unsupported_version', nearest: otherMajor, served: [otherMajor] },
  },
  {
    name: 'the method in another major beside a stranger that is new enough',
    side: 'server',
    endpoints: [stranger, otherMajor],
    expected: { kind: 'no_such_method', endpoint: stranger },
  },
  {
    name: 'an endpoint that does not say whether it has the method lacks it',
    endpoints: [{ version: '1.4', namespaces: ['dhcp'] }],
    expected: { kind: 'no_such_method', endpoint: { version: '1.4', namespaces: ['dhcp'] } },
  },
  {
    name: 'facts of the fleet are given back',
    endpoints: [{ ...old, server: 'node-1' }],
    expected: { kind: 'unsupported_version', nearest: { ...old, server: 'node-1' }, served: [{ ...old, server: 'node-1' }] },
  },
];

const cases = SCENARIOS.flatMap((scenario) =>
  scenario.side === undefined
    ? [
        { ...scenario, side: 'client' as const },
        { ...scenario, side: 'server' as const },
      ]
    : [{ ...scenario, side: scenario.side }],
);

test.each(cases)('$side: $name', ({ side, wanted = {}, endpoints, expected }) => {
  const { namespace = 'dhcp', major = 1, minor = 2 } = wanted;
  const needs = { major, minor };
  const verdict: ServiceVerdict = whyNotServed({ namespace, needs }, endpoints, { acrossMajors: side === 'client' });
  expect(verdict).toEqual(verdict.kind === 'unsupported_version' ? { ...(expected as object), needs } : expected);
});
