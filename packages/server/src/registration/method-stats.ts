/** The counts of the methods of a server. */
import { type CallStats, endpointKey, statsOf } from '@concord-rpc/core/engine';
import type { Registration } from './registration';

/** Counts by method, since it was registered: `DhcpPluginApi@1.getPorts`. Calls under a former name count under the present one. */
export type MethodStats = Readonly<Record<string, CallStats>>;

/** Returns a copy of the counts of all methods. */
export function methodStats(registrations: readonly Registration[]): MethodStats {
  return Object.fromEntries(
    registrations.flatMap(({ contract, methods }) =>
      [...contract.methods.keys()].map((name) => [`${endpointKey(contract)}.${name}`, statsOf(methods.get(name)!.tally)]),
    ),
  );
}
