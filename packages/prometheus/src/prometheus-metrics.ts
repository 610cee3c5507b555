/** Puts the metrics of this process into a register of prom-client, once, however often and by however many copies of this package it is asked to. */
import { RpcError } from '@concord-rpc/core';
import { register as defaultRegister } from 'prom-client';
import { countCalls } from './call-metrics';
import { WatchedFleet } from './fleet';
import { registerGauges } from './gauges';
import { type MeasuredClient, type MeasuredServer, requireListOf } from './measured';
import { type AnyRegister, requireRegister } from './register';

/** The register, and the servers and clients that are measured. */
export interface PrometheusOptions {
  /** The register that gets the metrics. Default: the global one of prom-client. */
  readonly register?: AnyRegister | undefined;
  /** The servers whose running and queued calls are `concord_server_active` and `concord_server_queued`. */
  readonly servers?: readonly MeasuredServer[] | undefined;
  /** The clients whose running servers are `concord_fleet_servers`. Each watches the servers of its topic by their signs of presence. */
  readonly clients?: readonly MeasuredClient[] | undefined;
}

/** Metrics that are in a register. */
export interface PrometheusMetrics {
  /** Stops measuring these servers and clients. The end of the last metrics of a register removes them from it. */
  end(): void;
}

/** The servers and clients of one call of `prometheusMetrics`. */
interface Part {
  readonly servers: readonly MeasuredServer[];
  readonly fleets: readonly WatchedFleet[];
}

/** The metrics in one register. All copies of this package share them, so the members stay as they are. */
interface SharedMetrics {
  /** False if the register was cleared. */
  isRegistered(): boolean;
  stopCounting(): void;
  /** Returns a function that ends the part. */
  add(part: Part): () => void;
}

const KEY = Symbol.for('concord:prometheus');
const shared = ((globalThis as { [KEY]?: WeakMap<AnyRegister, SharedMetrics> })[KEY] ??= new WeakMap());

const NAMES = [
  'rpc_client_call_duration_seconds',
  'rpc_server_call_duration_seconds',
  'concord_client_attempts_total',
  'concord_client_older_form_total',
  'concord_server_refused_total',
  'concord_callers',
  'concord_server_active',
  'concord_server_queued',
  'concord_fleet_servers',
] as const;

/**
 * Counts the calls of all clients and servers of this process from now on, and measures those that are given. Again with the same register, it adds its
 * servers and clients, and counts no call twice.
 *
 * @throws RpcError `invalid_argument` if an option is wrong, or the register has a metric of one of the names.
 */
export function prometheusMetrics(options: PrometheusOptions = {}): PrometheusMetrics {
  const { register = defaultRegister, servers = [], clients = [] } = options;
  requireRegister(register);
  requireListOf('servers', servers, 'stats');
  requireListOf('clients', clients, '$watch');
  let metrics = shared.get(register);
  if (metrics?.isRegistered() !== true) {
    metrics?.stopCounting();
    shared.set(register, (metrics = newMetrics(register)));
  }
  return { end: metrics.add({ servers, fleets: clients.map((client) => new WatchedFleet(client)) }) };
}

function newMetrics(register: AnyRegister): SharedMetrics {
  for (const name of NAMES) {
    if (register.getSingleMetric(name) === undefined) continue;
    throw new RpcError('invalid_argument', `the register has a metric \`${name}\` already; pass another \`register\``);
  }
  const parts = new Set<Part>();
  const stopCounting = countCalls(register);
  registerGauges(register, {
    servers: () => new Set([...parts].flatMap(({ servers }) => servers)),
    fleets: () => [...parts].flatMap(({ fleets }) => fleets),
  });
  const own = register.getSingleMetric(NAMES[0]);
  const isRegistered = () => register.getSingleMetric(NAMES[0]) === own;
  const remove = (part: Part) => {
    if (!parts.delete(part)) return;
    for (const fleet of part.fleets) fleet.end();
    if (parts.size > 0) return;
    stopCounting();
    if (isRegistered()) for (const name of NAMES) register.removeSingleMetric(name);
  };
  return {
    isRegistered,
    stopCounting,
    add(part) {
      parts.add(part);
      return () => remove(part);
    },
  };
}
