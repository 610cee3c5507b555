/** The workloads as data: the calls, their number in flight, the servers and the expected answers. */
import { NETWORKS, PORT, portCreated } from './methods.mjs';

/** Deployments of a contender: the number of servers in one process, each with its own connection, and further methods. */
export const DEPLOYMENTS = {
  single: { id: 'single', servers: 1, methods: 0 },
  /** A contract without DTOs, because raw has none: only the start of the framework is measured. */
  plain: { id: 'plain', servers: 1, methods: 0, plain: true },
  /** A contract with DTO classes of class-validator; raw imports the same classes. */
  dto: { id: 'dto', servers: 1, methods: 0, dto: true },
  servers10: { id: 'servers10', servers: 10, methods: 0 },
  servers50: { id: 'servers50', servers: 50, methods: 0 },
  servers200: { id: 'servers200', servers: 200, methods: 0 },
  methods10: { id: 'methods10', servers: 1, methods: 10 },
  methods1000: { id: 'methods1000', servers: 1, methods: 1_000 },
};

const TEXT_16 = '0123456789abcdef';
const TEXT_64K = TEXT_16.repeat(4_096);
const getNetworks = (call) => call.networks('node-1.example.com', true);

/**
 * `send` makes one call; `answer` is what it must resolve to. Kinds: `calls` keeps `concurrency` calls in flight; `casts` sends until
 * time is up and counts until the servers have counted all; `paced` sends at a given rate and takes the time of each call.
 * `needs`: the ability that a contender must have to take part.
 */
const WORKLOADS = {
  'networks-c1': { title: 'networks c1', kind: 'calls', concurrency: 1, send: getNetworks, answer: NETWORKS },
  'networks-c64': { title: 'networks c64', kind: 'calls', concurrency: 64, send: getNetworks, answer: NETWORKS },
  'networks-c256': { title: 'networks c256', kind: 'calls', concurrency: 256, send: getNetworks, answer: NETWORKS },
  'echo-c64': { title: 'echo c64', kind: 'calls', concurrency: 64, send: (call) => call.echo(TEXT_16), answer: TEXT_16 },
  'validate-c64': {
    title: 'validate c64',
    kind: 'calls',
    concurrency: 64,
    send: (call) => call.create_port(PORT),
    answer: portCreated(PORT),
  },
  'payload-c16': { title: '64 KiB c16', kind: 'calls', concurrency: 16, send: (call) => call.echo(TEXT_64K), answer: TEXT_64K },
  cast: { title: 'cast', kind: 'casts', send: (client) => client.cast(PORT.id) },
  'fanout-1': { title: 'fanout to 1', kind: 'casts', send: (client) => client.fanout(PORT.id), needs: 'fanout' },
  'fanout-10': fanout('fanout to 10', DEPLOYMENTS.servers10),
  'fanout-50': fanout('fanout to 50', DEPLOYMENTS.servers50),
  'group-1': { title: '1 server, c64', kind: 'calls', concurrency: 64, send: getNetworks, answer: NETWORKS, needs: 'group' },
  'group-10': {
    title: '10 servers in a group, c64',
    kind: 'calls',
    concurrency: 64,
    send: getNetworks,
    answer: NETWORKS,
    deployment: DEPLOYMENTS.servers10,
    needs: 'group',
  },
  'methods-10': manyMethods('10 methods, c64', DEPLOYMENTS.methods10),
  'methods-1000': manyMethods('1 000 methods, c64', DEPLOYMENTS.methods1000),
  fleet: {
    title: '200 servers on one broker, c64',
    kind: 'calls',
    concurrency: 64,
    send: getNetworks,
    answer: NETWORKS,
    deployment: DEPLOYMENTS.servers200,
    needs: 'fleet',
  },
  'fleet-fanout': fanout('fanout to 200', DEPLOYMENTS.servers200),
  'cold-start': { title: 'cold start', deployment: DEPLOYMENTS.plain },
  'cold-start-dto': { title: 'cold start with a DTO', deployment: DEPLOYMENTS.dto, needs: 'dto' },
  latency: { title: 'latency', kind: 'paced', send: getNetworks, answer: NETWORKS },
};

/** Workloads for all contenders, measured with contenders interleaved. */
export const MAIN = ['networks-c1', 'networks-c64', 'networks-c256', 'echo-c64', 'validate-c64', 'payload-c16', 'cast'];
/** Workloads with more servers and methods, for contenders that meet `needs`. */
export const SCALE = ['fanout-1', 'fanout-10', 'fanout-50', 'group-1', 'group-10', 'methods-10', 'methods-1000'];
/** Workloads with their own measurement. */
export const SPECIAL = ['latency', 'cold-start', 'cold-start-dto', 'memory', 'fleet'];
/** The workloads that start a process for each measurement. */
export const COLD_STARTS = ['cold-start', 'cold-start-dto'];

/** Returns a workload by its id. */
export function workloadOf(id) {
  return { id, deployment: DEPLOYMENTS.single, ...WORKLOADS[id] };
}

/** Returns the name of a workload in the report. */
export function titleOf(id) {
  return WORKLOADS[id]?.title ?? id.replace('-', ' ');
}

/** Returns true if a contender takes part in a workload. */
export function takesPart(contender, { needs }) {
  return needs === undefined || contender.can.includes(needs);
}

function fanout(title, deployment) {
  return { title, kind: 'casts', send: (client) => client.fanout(PORT.id), deployment, needs: 'fanout', everyServer: true };
}

/** Calls all methods in turn. */
function manyMethods(title, deployment) {
  const names = Array.from({ length: deployment.methods }, (_, index) => furtherMethod(index));
  const send = (call, index) => call[names[index % names.length]](TEXT_16);
  return { title, kind: 'calls', concurrency: 64, send, answer: TEXT_16, deployment, needs: 'methods' };
}

/** Returns the name of a further method, which does the same as `echo`. */
export function furtherMethod(index) {
  return `echo_${index}`;
}
