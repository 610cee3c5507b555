/** Medians and their spread over rounds, and ratios paired by round. */

/** What can be read from a row. */
export const VALUES = {
  throughput: (row) => row.perSecond,
  cpu: (row) => row.cpu?.total,
  clientCpu: (row) => row.cpu?.client,
  serverCpu: (row) => row.cpu?.server,
  brokerCpu: (row) => row.cpu?.broker,
  p50: (row) => row.p50,
  p99: (row) => row.p99,
  wall: (row) => row.wall,
  foreign: (row) => row.foreign,
};

/** Median, least and greatest of a value of one contender under one workload; `undefined` if it was not measured. */
export function spread(rows, [contender, workload], value) {
  return spreadOf([...byRound(rows, contender, workload, value).values()]);
}

/** The same of the ratio of one to another, each round by itself. */
export function ratio(rows, [contender, workload], [otherContender, otherWorkload], value) {
  const others = byRound(rows, otherContender, otherWorkload, value);
  const ratios = [];
  for (const [round, own] of byRound(rows, contender, workload, value)) {
    if (others.has(round)) ratios.push(own / others.get(round));
  }
  return spreadOf(ratios);
}

/** Median, least and greatest; `undefined` of nothing. */
export function spreadOf(values) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], greatest: sorted.at(-1) };
}

function byRound(rows, contender, workload, value) {
  const own = rows.filter((row) => row.contender === contender && row.workload === workload);
  const values = own.map((row) => [row.round, VALUES[value](row)]);
  return new Map(values.filter(([, number]) => number !== undefined));
}
