/** Measures a fleet: many servers on one broker, each with its own connection. */
import { startObservedBroker } from './broker.mjs';
import { measure } from './measure.mjs';
import { startPair } from './pair.mjs';
import { spreadOf } from './statistics.mjs';
import { takesPart, workloadOf } from './workloads.mjs';

const FANOUTS = 5;

/**
 * Resolves to one row per contender. It has the figures of every measurement and `wall`, the time the servers' process took to start and to
 * start all of them; `subscriptions` and `brokerMemory` (its growth), as the broker reports them; `share`, the least and the greatest
 * part that a server had in the calls, 1 being fair; `fanoutMs`. Each contender has a new broker.
 */
export async function runFleets({ contenders, ms, warmMs, progress }) {
  const workload = workloadOf('fleet');
  const rows = [];
  for (const contender of contenders.filter((each) => takesPart(each, workload))) {
    progress.say(`starting ${workload.deployment.servers} servers of ${contender.id}`);
    const broker = await startObservedBroker();
    try {
      const measured = await measureFleet({ contender, broker, workload, ms, warmMs });
      const row = { round: 1, workload: workload.id, contender: contender.id, ...measured };
      rows.push(row);
      progress.fleetMeasured(row);
    } finally {
      await broker.stop();
    }
  }
  return rows;
}

async function measureFleet({ contender, broker, workload, ms, warmMs }) {
  const { deployment } = workload;
  const empty = await broker.memory();
  const pair = await startPair(contender, deployment, broker.url);
  try {
    const started = await broker.connections();
    const brokerMemory = (await broker.memory()) - empty;
    await pair.client.ask('warm', { workloadId: workload.id, ms: warmMs });
    const before = await broker.connections();
    const figures = await measure(pair, broker, workload, { ms });
    const after = await broker.connections();
    return {
      ...figures,
      servers: deployment.servers,
      wall: pair.server.wallToReady,
      subscriptions: started.reduce((sum, { subscriptions }) => sum + subscriptions, 0),
      brokerMemory,
      share: shares(before, after, deployment.servers),
      fanoutMs: await fanoutToAll(pair.client),
    };
  } finally {
    await pair.stop();
  }
}

/** Shares are computed from the bytes sent to each server, because a message can carry several calls of one size. The servers connected first. */
function shares(before, after, servers) {
  const bytes = after.slice(0, servers).map((connection, index) => connection.bytes - before[index].bytes);
  const fair = bytes.reduce((sum, each) => sum + each, 0) / servers;
  return { least: Math.min(...bytes) / fair, greatest: Math.max(...bytes) / fair };
}

/** Milliseconds from a fanout until the client knows that every server has counted it: the median of several, one at a time. */
async function fanoutToAll(client) {
  const results = [];
  for (let fanout = 0; fanout < FANOUTS; fanout++)
    results.push(await client.ask('run', { workloadId: 'fleet-fanout', casts: 1 }));
  return spreadOf(results.map(({ ms }) => ms)).median;
}
