/** The answers that each panel of the dashboard must get in each phase of the upgrade, by the counts of the fleet itself. */

const METHOD = 'PortsApi/getPorts';
const METHODS = { rpc_method: METHOD };

/** The phases, with the versions of the servers, and the callers of the server that has most of them. */
const VERSIONS = {
  before: { servers: { 1.4: 3 }, callers: { 1.4: 1, _OTHER: 1 } },
  during: { servers: { 1.4: 2, 1.5: 1 }, callers: { 1.4: 1, 1.5: 1, _OTHER: 1 } },
  after: { servers: { 1.5: 3 }, callers: { 1.4: 1, 1.5: 1 } },
};

/**
 * By title of a panel: the series that each of its queries must have in a phase, by their labels, and the bounds of their values. `truth`: calls and
 * failures a second, as the agents counted them.
 */
export const EXPECTED = {
  Calls: ({ truth }) => [series(METHODS, near(truth.calls))],
  'Failed calls': ({ truth }) => [series({ ...METHODS, rpc_status_code: 'invalid_argument' }, near(truth.failed / truth.calls))],
  'Duration of calls': () => [series(METHODS, [0.0025, 0.5])],
  'Messages per call': () => [series(METHODS, [0.9, 1.2])],
  // the first server at 1.5 takes the calls of the newer agent as they are written
  'Calls in an older form': ({ phase, truth }) => [series(METHODS, phase === 'before' ? [1, truth.calls] : [0, 0])],
  Requests: ({ truth }) => [series(METHODS, near(truth.calls))],
  Outcomes: ({ truth }) => [
    series({ rpc_status_code: 'ok' }, near(truth.calls - truth.failed)),
    series({ rpc_status_code: 'invalid_argument' }, near(truth.failed)),
  ],
  'Duration of requests': () => [series(METHODS, [0.0025, 0.5])],
  'Running and queued': () => [series({}, [0, 8])],
  'Refused messages': ({ truth }) => [series({ code: 'invalid_argument' }, near(truth.failed))],
  'Servers by version': ({ phase }) => versions('version', VERSIONS[phase].servers),
  'Callers by version of their contract': ({ phase }) => versions('contract_version', VERSIONS[phase].callers),
};

/** Alerts that are pending in a phase: their conditions hold, and have not held for long enough. */
export const PENDING = {
  before: ['ConcordCallsFail'],
  during: ['ConcordCallsFail', 'ConcordUpgradeUnfinished'],
  after: ['ConcordCallsFail'],
};

/** Returns a sentence for each difference between series of Prometheus and those that are expected. */
export function differences(found, expected) {
  const key = (labels) => JSON.stringify(Object.entries(labels).sort());
  const wanted = new Map(expected.map((each) => [key(each.labels), each.bounds]));
  const surplus = found.filter(({ metric }) => !wanted.has(key(metric))).map(({ metric }) => `has ${key(metric)}`);
  const wrong = [...wanted].flatMap(([labels, [least, most]]) => {
    const value = found.find(({ metric }) => key(metric) === labels)?.value;
    if (value === undefined) return [`lacks ${labels}`];
    return value >= least && value <= most ? [] : [`${labels} is ${value}; it must be from ${least} to ${most}`];
  });
  return [...surplus, ...wrong];
}

function series(labels, bounds) {
  return { labels, bounds };
}

function near(value) {
  return [value * 0.7, value * 1.3];
}

function versions(label, counts) {
  return Object.entries(counts).map(([version, count]) => series({ contract: 'PortsApi', [label]: version }, [count, count]));
}
