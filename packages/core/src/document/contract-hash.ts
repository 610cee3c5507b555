/** The hash of one contract: servers with the same hash serve the same interface, whatever their names. */
import { createHash } from 'node:crypto';
import type { Contract } from '../contract/contract';
import { contractDocument } from './write-contract';

/** Hexadecimal digits of a hash. */
const LENGTH = 16;

const hashes = new WeakMap<Contract, string>();

/** Returns the first 16 hexadecimal digits of the SHA-256 of a contract's document, as `describe` returns it. Computed once for each contract. */
export function contractHash(contract: Contract): string {
  let hash = hashes.get(contract);
  if (hash === undefined) {
    const text = JSON.stringify(contractDocument([contract]));
    hashes.set(contract, (hash = createHash('sha256').update(text).digest('hex').slice(0, LENGTH)));
  }
  return hash;
}
