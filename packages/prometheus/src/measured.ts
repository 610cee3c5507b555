/** The members of servers and clients that the metrics read. */
import { RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';

/** A server: `RpcServer` is one. */
export interface MeasuredServer {
  stats(): { readonly inFlight: number; readonly queued: number };
}

/** A change of the servers that a client sees. */
export interface WatchedChange {
  readonly change: string;
  readonly server: { readonly server: string; readonly versions: readonly string[] };
}

/** A client: `createClient` makes one. */
export interface MeasuredClient {
  /** Its contract. */
  readonly $contract: { readonly name: string };
  $watch(): AsyncIterableIterator<WatchedChange>;
}

/** @throws RpcError `invalid_argument` if a value is not a list of objects with a function of this name. */
export function requireListOf(option: string, list: readonly unknown[], member: string): void {
  const has = (each: unknown) => typeof (each as Record<string, unknown> | null | undefined)?.[member] === 'function';
  if (Array.isArray(list) && list.every(has)) return;
  const wrong = Array.isArray(list) ? list.find((each) => !has(each)) : list;
  throw new RpcError('invalid_argument', `\`${option}\` must be a list of objects with \`${member}\`; got ${quote(wrong)}`);
}
