/** A contract at one version: the class that clients and servers of that version are made from. */
import type { Class, ContractDocument } from '@concord-rpc/core';
import { compileContract, endpointKey, formatVersion, type Validator } from '@concord-rpc/core/engine';
import { recordedContract } from '@concord-rpc/evolution';
import { classValidation } from '@concord-rpc/validation';

/** A contract class at one version, and the validator that reads and checks its types. */
export interface SkewSide {
  readonly type: Class<Record<string, (...args: unknown[]) => unknown>>;
  readonly validator: Validator;
}

/**
 * Returns a side at the version of an endpoint that a document records. A class in `classes` with that version is used as it is, with
 * its backports and validators; without one, a class is made from the document.
 *
 * @throws Error if the document has no endpoint with this key (`Name@major`).
 */
export function sideOf(document: ContractDocument, key: string, classes: readonly Class[] = []): SkewSide {
  const version = document.endpoints[key]?.version;
  const own = classes.find((type) => {
    const contract = compileContract(type, classValidation);
    return endpointKey(contract) === key && formatVersion(contract.version) === version;
  });
  return own === undefined ? recordedContract(document, key) : { type: own as SkewSide['type'], validator: classValidation };
}
