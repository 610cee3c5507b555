/** Finds the providers of an application that serve contracts. */

import { RpcError } from '@concord-rpc/core';
import type { ModulesContainer } from '@nestjs/core';
import type { NestModule, ProviderWrapper } from './nest-internals';
import type { Host } from './pipeline';
import type { Provided } from './served-provider';
import { contractsServedBy, type ServedContract } from './serves-contract';

/** A provider and the contracts that it serves. */
export interface ServingProvider extends Provided {
  readonly contracts: readonly ServedContract[];
}

/**
 * Returns the providers whose class has `@ServesContract`. A provider that a test replaced counts by the class that it replaces.
 *
 * @throws RpcError `invalid_contract` for a controller, which NestJS serves in another way, and for a provider whose guards, pipes, interceptors or filters
 * NestJS does not make.
 */
export function servingProviders(modules: ModulesContainer): ServingProvider[] {
  const found: ServingProvider[] = [];
  for (const [moduleKey, module] of modules) {
    for (const wrapper of module.controllers.values()) requireNoController(wrapper);
    for (const wrapper of module.providers.values()) {
      const type = servingClass(wrapper);
      if (type === undefined) continue;
      requireInjectables(type as Host['type'], module);
      const host: Host = { type: type as Host['type'], moduleKey, id: wrapper.id };
      found.push({ wrapper, module, host, contracts: contractsServedBy(type) });
    }
  }
  return found;
}

/** Returns the class with the decorator: that of the provider, or the one that is its token. */
function servingClass({ isAlias, metatype, token }: ProviderWrapper): unknown {
  if (isAlias) return undefined;
  return [metatype, token].find((type) => contractsServedBy(type).length > 0);
}

function requireNoController({ metatype, name }: ProviderWrapper): void {
  if (contractsServedBy(metatype).length === 0) return;
  throw new RpcError(
    'invalid_contract',
    `${name} has @ServesContract and is a controller: list it in \`providers\` of its module`,
  );
}

/** The metadata of NestJS that lists classes or objects around a handler, with the method that these have. */
const AROUND = [
  { key: '__guards__', member: 'canActivate' },
  { key: '__interceptors__', member: 'intercept' },
  { key: '__pipes__', member: 'transform' },
  { key: '__exceptionFilters__', member: 'catch' },
];

/** Refuses a class if NestJS would leave out a guard of it: NestJS makes those of the classes that a module provides, and of no others. */
function requireInjectables(type: Host['type'], { injectables }: NestModule): void {
  const { prototype } = type as { readonly prototype: Record<string, unknown> };
  for (const { key, member } of AROUND) {
    for (const target of [type, ...methodNames(prototype).map((name) => prototype[name] as object)]) {
      const listed = (Reflect.getMetadata(key, target) ?? []) as unknown[];
      const missing = listed.find((each) => typeof each === 'function' && !injectables.has(each) && !(member in each));
      if (missing === undefined) continue;
      throw new RpcError(
        'invalid_contract',
        `${(missing as Host['type']).name} on ${type.name} would not run: NestJS makes it only for a class that a module provides. Provide ${type.name} itself or by useClass, not by useFactory or useValue`,
      );
    }
  }
}

function methodNames(prototype: object): string[] {
  const names = new Set<string>();
  for (
    let at: object | null = prototype;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
  }
  return [...names];
}
