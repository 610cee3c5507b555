/** Clients and servers with class-validator and MessagePack built in. */
import * as client from '@concord-rpc/client';
import type { Class, ContractDocument, Transport } from '@concord-rpc/core';
import { compileContract, contractDocument } from '@concord-rpc/core/engine';
import { Codecs } from '@concord-rpc/core/wire';
import { messagePack } from '@concord-rpc/msgpack';
import * as server from '@concord-rpc/server';
import { classValidation } from '@concord-rpc/validation';

/** The codecs that a contract can name. The MessagePack library is loaded for the first contract that names it. */
const codecs = new Codecs([messagePack]);

/** Options of a client. `$with` changes all of them except `interceptors` for some calls. */
export type ClientOptions = Omit<client.ClientOptions, 'validator' | 'codecs'>;

/** Options of a server. */
export type RpcServerOptions = Omit<server.RpcServerOptions, 'validator' | 'codecs'>;

/**
 * Creates a typed, version-checked client of a contract: a plain object with one function per method.
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

/** Serves contracts on a transport. The server validates arguments with class-validator before it calls a handler. */
export class RpcServer extends server.RpcServer {
  constructor(transport: Transport, options: RpcServerOptions = {}) {
    super(transport, { ...options, validator: classValidation, codecs });
  }
}

/**
 * Returns the contract of a decorated class as data, in the format of contract files.
 *
 * @throws RpcError `invalid_contract`, `invalid_version` or `invalid_target`: names the first mistake in the class.
 */
export function contractOf(type: Class): ContractDocument {
  return contractDocument([compileContract(type, classValidation)]);
}
