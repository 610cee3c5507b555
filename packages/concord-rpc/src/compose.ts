/** Where the parts meet: clients and servers with class-validator and MessagePack built in. */
import * as client from '@concord-rpc/client';
import { type Class, Codecs, type ContractDocument, compileContract, contractDocument, type Transport } from '@concord-rpc/core';
import { messagePack } from '@concord-rpc/msgpack';
import * as server from '@concord-rpc/server';
import { classValidation } from '@concord-rpc/validation';

/** What contracts can choose. MessagePack is loaded when the first does. */
const codecs = new Codecs([messagePack]);

/** Settings of a client; all but `interceptors` can be changed for some calls with `$with`. */
export type ClientOptions = Omit<client.ClientOptions, 'validator' | 'codecs'>;

/** Settings of a server. */
export type RpcServerOptions = Omit<server.RpcServerOptions, 'validator' | 'codecs'>;

/**
 * A typed, version-checked client of a contract: a plain object with one function a method.
 *
 * @throws RpcError `invalid_contract`, `invalid_version`, `invalid_target` or `invalid_argument`: the class or an option is wrong.
 */
export function createClient<T extends object>(
  transport: Transport,
  contract: Class<T>,
  options: ClientOptions = {},
): client.Client<T> {
  return client.createClient(transport, contract, { ...options, validator: classValidation, codecs });
}

/** Serves contracts on a transport. Arguments are checked with class-validator before a handler sees them. */
export class RpcServer extends server.RpcServer {
  constructor(transport: Transport, options: RpcServerOptions = {}) {
    super(transport, { ...options, validator: classValidation, codecs });
  }
}

/**
 * The contract of a decorated class as data, in the format of snapshots.
 *
 * @throws RpcError `invalid_contract`, `invalid_version` or `invalid_target`: the first mistake, in one sentence.
 */
export function contractOf(type: Class): ContractDocument {
  return contractDocument([compileContract(type, classValidation)]);
}
