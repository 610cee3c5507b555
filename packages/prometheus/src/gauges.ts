/** Gauges of the servers and clients that a process names, computed when they are scraped. */
import { Gauge } from 'prom-client';
import type { WatchedFleet } from './fleet';
import { OTHER } from './labels';
import type { MeasuredServer } from './measured';
import type { AnyRegister } from './register';

/** Most versions of one contract that have a series of their own. */
const MOST_VERSIONS = 32;

/** The servers and clients that are measured now. */
export interface Measured {
  servers(): Iterable<MeasuredServer>;
  fleets(): Iterable<WatchedFleet>;
}

/** Registers the gauges. */
export function registerGauges(register: AnyRegister, measured: Measured): void {
  const registers = [register];
  const sum = (of: (stats: ReturnType<MeasuredServer['stats']>) => number) =>
    [...measured.servers()].reduce((total, server) => total + of(server.stats()), 0);
  new Gauge({
    name: 'concord_server_active',
    help: 'Handlers that run now.',
    registers,
    collect() {
      this.set(sum(({ inFlight }) => inFlight));
    },
  });
  new Gauge({
    name: 'concord_server_queued',
    help: 'Calls and casts in the queue now.',
    registers,
    collect() {
      this.set(sum(({ queued }) => queued));
    },
  });
  new Gauge({
    name: 'concord_fleet_servers',
    help: 'Running servers that clients of this process see, by the version of the contract that they serve.',
    labelNames: ['contract', 'version'] as const,
    registers,
    collect() {
      this.reset();
      for (const [contract, versions] of serversByVersion(measured.fleets())) {
        for (const [version, count] of versions) this.inc({ contract, version }, count);
      }
    },
  });
}

/** Counts each server once, however many clients of a contract see it. */
function serversByVersion(fleets: Iterable<WatchedFleet>): Map<string, Map<string, number>> {
  const servers = new Map<string, Map<string, readonly string[]>>();
  for (const { contract, versions } of fleets) {
    servers.set(contract, new Map([...(servers.get(contract) ?? []), ...versions]));
  }
  const counts = new Map<string, Map<string, number>>();
  for (const [contract, versionsOf] of servers) {
    const byVersion = new Map<string, number>();
    for (const stated of [...versionsOf.values()].flat()) {
      // versions are texts of servers: no more of them than this become series
      const version = byVersion.has(stated) || byVersion.size < MOST_VERSIONS ? stated : OTHER;
      byVersion.set(version, (byVersion.get(version) ?? 0) + 1);
    }
    counts.set(contract, byVersion);
  }
  return counts;
}
