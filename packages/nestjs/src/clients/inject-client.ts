/** Clients of contracts as providers: their tokens, and the decorator that injects them. */

import type { Class, Transport } from '@concord-rpc/core';
import { type FactoryProvider, Inject } from '@nestjs/common';
import { type ClientOptions, createClient } from 'concord-rpc';
import { CONCORD_OPTIONS, CONCORD_TRANSPORT } from './tokens';

/** A contract whose client a module uses: its class, or the class with options of the client. */
export type ClientFeature = Class | ({ readonly contract: Class } & ClientOptions);

const tokens = new WeakMap<Class, symbol>();

/** Returns the injection token of the client of a contract, for `overrideProvider` and factories. */
export function getClientToken(contract: Class): symbol {
  let token = tokens.get(contract);
  if (token === undefined) {
    token = Symbol(`Client<${contract.name}>`);
    tokens.set(contract, token);
  }
  return token;
}

/** Injects the client of a contract that the module lists in `ConcordModule.forFeature`. */
export function InjectClient(contract: Class): ParameterDecorator & PropertyDecorator {
  return Inject(getClientToken(contract));
}

/** Returns the provider of a client. */
export function clientProvider(feature: ClientFeature): FactoryProvider {
  const { contract, ...own } = typeof feature === 'function' ? { contract: feature } : feature;
  return {
    provide: getClientToken(contract),
    inject: [CONCORD_TRANSPORT, CONCORD_OPTIONS],
    useFactory: (transport: Transport, { client }: { readonly client?: ClientOptions }) =>
      createClient(transport, contract as Class<object>, { ...client, ...own }),
  };
}
