/** The `versionCap` option: the highest version that calls of a client may need. */
import { parseVersion, type Version } from '@concord-rpc/core/engine';

/** A version, or `auto`: the lowest version at which any live server serves the interface. */
export type Cap = Version | 'auto';

/**
 * Reads the option.
 *
 * @throws RpcError `invalid_version`
 */
export function requireCap(cap: string): Cap {
  return cap === 'auto' ? cap : parseVersion(cap, 'versionCap');
}
