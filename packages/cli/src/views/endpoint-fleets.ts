/** The servers of a topic with their callers, by interface. */
import { askUsage } from '@concord-rpc/client';
import { parseVersion } from '@concord-rpc/core/engine';
import type { subjects } from '@concord-rpc/core/wire';
import type { Fleet } from '../live/with-fleet';
import type { EndpointFleet } from './fleet-view';

/** Milliseconds that a server has for its usage report. */
const LONGEST_WAIT = 3_000;

/** Asks the servers of a topic for their callers, and sorts them by interface. */
export async function endpointFleets(fleet: Fleet, address: subjects.Address): Promise<readonly EndpointFleet[]> {
  const servers = await fleet.servers(address);
  const asked = servers.map(async ({ server, endpoints }) => {
    const usage = await askUsage(fleet.connection, address, server, LONGEST_WAIT);
    return endpoints.map(({ name, version }) => ({ endpoint: `${name}@${parseVersion(version).major}`, server, version, usage }));
  });
  const all = (await Promise.all(asked)).flat();
  return [...new Set(all.map(({ endpoint }) => endpoint))].sort().map((endpoint) => ({
    endpoint,
    topic: `${address.exchange}/${address.topic}`,
    servers: all.filter((each) => each.endpoint === endpoint),
  }));
}
