/** One side of a pair at a version: the class that it is made of, recorded or the code's own. */

import {
  type Class,
  Codecs,
  type ContractDocument,
  compileContract,
  endpointKey,
  formatVersion,
  type Validator,
} from '@concord-rpc/core';
import { recordedContract } from '@concord-rpc/evolution';
import { messagePack } from '@concord-rpc/msgpack';
import { classValidation } from '@concord-rpc/validation';

/** What contracts can choose. */
export const CODECS = new Codecs([messagePack]);

/** A contract class, and what reads and checks its types. */
export interface Side {
  readonly type: Class<Record<string, (...args: unknown[]) => unknown>>;
  readonly validator: Validator;
}

/** The side of a version: of the classes that are given, the one that is at it; else one made of what is recorded. */
export function sideOf(snapshot: ContractDocument, key: string, classes: readonly Class[]): Side {
  const { version } = snapshot.endpoints[key]!;
  const own = classes.find((type) => {
    const contract = compileContract(type, classValidation);
    return endpointKey(contract) === key && formatVersion(contract.version) === version;
  });
  return own === undefined ? recordedContract(snapshot, key) : { type: own as Side['type'], validator: classValidation };
}
