/** Medians and their spread over rounds, or over runs of several rounds each, and ratios paired by round. */

/** Returns the value of a row at a path such as `perSecond`, `cpu.client` or `server.after.heap`; `undefined` if it has none. */
export function valueAt(row, path) {
  return path.split('.').reduce((part, key) => part?.[key], row);
}

/** Returns median, least and greatest of a contender's values at a path for a workload; `undefined` if it was not measured. */
export function spread(rows, [contender, workload], path) {
  return overRuns(rows, (ofRun) => [...byRound(ofRun, contender, workload, path).values()]);
}

/** Returns the greatest of the runs' medians of a value; `undefined` if it was not measured. */
export function greatestRun(rows, [contender, workload], path) {
  const medians = spreadsOfRuns(rows, (ofRun) => [...byRound(ofRun, contender, workload, path).values()]).map(
    ({ median }) => median,
  );
  return medians.length === 0 ? undefined : Math.max(...medians);
}

/** Returns median, least and greatest of the ratios between two contenders, computed round by round. */
export function ratio(rows, [contender, workload], [otherContender, otherWorkload], path) {
  return overRuns(rows, (ofRun) => {
    const others = byRound(ofRun, otherContender, otherWorkload, path);
    const own = byRound(ofRun, contender, workload, path);
    return [...own].filter(([round]) => others.has(round)).map(([round, number]) => number / others.get(round));
  });
}

/** Returns median, least and greatest; `undefined` for an empty list. */
export function spreadOf(values) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], greatest: sorted.at(-1) };
}

/** Returns the spread of the rounds of one run, or of the medians of several runs. */
function overRuns(rows, valuesOf) {
  const spreads = spreadsOfRuns(rows, valuesOf);
  return spreads.length === 1 ? spreads[0] : spreadOf(spreads.map(({ median }) => median));
}

function spreadsOfRuns(rows, valuesOf) {
  const runs = [...new Set(rows.map(({ run }) => run))];
  return runs.map((run) => spreadOf(valuesOf(rows.filter((row) => row.run === run)))).filter((each) => each !== undefined);
}

function byRound(rows, contender, workload, path) {
  const own = rows.filter((row) => row.contender === contender && row.workload === workload);
  const values = own.map((row) => [row.round, valueAt(row, path)]);
  return new Map(values.filter(([, number]) => number !== undefined));
}
