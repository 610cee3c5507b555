/** One measurement: a workload on a running contender for a slice of time, with the CPU of each process. */
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { cpuOfMachine, cpuOfProcess } from './machine.mjs';

/**
 * Resolves to calls (or casts counted) a second, microseconds of CPU per call of client, server and broker, latency of paced calls in
 * milliseconds, and the share of the machine that other processes used.
 */
export async function measure(pair, broker, workload, limits) {
  const before = await clocks(pair, broker);
  const { count, ms, p50, p99 } = await pair.client.ask('run', { workloadId: workload.id, ...limits });
  const after = await clocks(pair, broker);
  const perCall = (part) => minus(after[part], before[part], 1_000 / count);
  const cpu = {
    client: perCall('client'),
    server: perCall('server'),
    broker: pair.contender.inProcess ? undefined : perCall('broker'),
  };
  cpu.total = cpu.client + (cpu.server ?? 0) + (cpu.broker ?? 0);
  return { count, perSecond: (count * 1_000) / ms, cpu, p50, p99, foreign: foreignShare(before, after) };
}

async function clocks(pair, broker) {
  return clocksWith(await pair.cpu(), broker);
}

/** Returns the CPU times of client and server, of the broker, of this process and of the machine, in milliseconds, and the time. */
export function clocksWith({ client, server }, broker) {
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1_000;
  return { client, server, broker: cpuOfProcess(broker.pid), machine: cpuOfMachine(), own, wall: performance.now() };
}

/** Returns the share of the machine's CPU that other processes used between two readings; `undefined` if it is unknown. */
export function foreignShare(before, after) {
  const used = (part) => minus(after[part], before[part], 1) ?? 0;
  if (after.machine === undefined) return undefined;
  const others = used('machine') - used('client') - used('server') - used('broker') - used('own');
  return Math.max(0, others) / (used('wall') * availableParallelism());
}

function minus(after, before, factor) {
  return after === undefined || before === undefined ? undefined : (after - before) * factor;
}
