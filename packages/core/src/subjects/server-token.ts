/** A server's name as one token of a subject: host names have dots. docs/PROTOCOL.md, "Subjects". */
import { requireServerName } from '../values/target';

/**
 * Encodes a server name as one token: `_` becomes `__`, a dot `_d`. `node-1.example` is `node-1_dexample`.
 *
 * @throws RpcError `invalid_target` if it is not a server name.
 */
export function encodeServerName(name: string): string {
  return requireServerName(name).replaceAll('_', '__').replaceAll('.', '_d');
}

/** Decodes the token of a server name. */
export function decodeServerName(token: string): string {
  return token.replace(/_[_d]/g, (pair) => (pair === '__' ? '_' : '.'));
}
