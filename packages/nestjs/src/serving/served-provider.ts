/** A provider that serves contracts: its methods run on the one instance, or on an instance for each call. */

import type { InterceptedCall } from '@concord-rpc/core';
import type { Contract, MethodContract } from '@concord-rpc/core/engine';
import { ContextIdFactory, ModuleRef } from '@nestjs/core';
import { refusalOf } from '../errors/refuse';
import type { ContextId, NestModule, ProviderWrapper } from './nest-internals';
import { type Host, type NestParts, Pipeline } from './pipeline';

/** A provider with its module. */
export interface Provided {
  readonly wrapper: ProviderWrapper;
  readonly module: NestModule;
  readonly host: Host;
}

/** Runs a call of one method. */
export type RunCall = (args: readonly unknown[], call: InterceptedCall) => Promise<unknown>;

/** Returns a function that runs calls of a method. Guards and pipes of a provider that lives as long as the application are looked up now, once. */
export function methodOfProvider(parts: NestParts, provided: Provided, method: MethodContract): RunCall {
  const { wrapper, host } = provided;
  if (!isMadePerCall(wrapper)) {
    const pipeline = new Pipeline(parts, { host, method, implementation: wrapper.instance as object });
    return (args, call) => pipeline.run(args, call);
  }
  return async (args, call) => (await pipelineFor(call, method, parts, provided)).run(args, call);
}

/** Makes the instance of one call, and looks up its guards and pipes. Rejects with a `Refusal` if that fails. */
async function pipelineFor(
  call: InterceptedCall,
  method: MethodContract,
  parts: NestParts,
  provided: Provided,
): Promise<Pipeline> {
  try {
    const contextId = contextOf(call, parts);
    const implementation = await instanceIn(contextId, provided);
    return new Pipeline(parts, { host: provided.host, method, implementation, contextId });
  } catch (thrown) {
    throw refusalOf(thrown, call, parts.mapError, parts.logger);
  }
}

/** Returns whether the provider, or something that it or its guards depend on, lives only as long as a request. */
export function isMadePerCall(wrapper: ProviderWrapper): boolean {
  return wrapper.isTransient || !wrapper.isDependencyTreeStatic();
}

/** Returns a function that makes an object with the methods of a contract for each call, as a server of Concord asks for it. */
export function callsOf(contract: Contract, methods: ReadonlyMap<string, RunCall>): (call: InterceptedCall) => object {
  class CallOfProvider {
    readonly #call: InterceptedCall;

    constructor(call: InterceptedCall) {
      this.#call = call;
    }

    static run(made: CallOfProvider, run: RunCall, args: readonly unknown[]): Promise<unknown> {
      return run(args, made.#call);
    }
  }
  for (const name of contract.methods.keys()) {
    const run = methods.get(name)!;
    const value = function (this: CallOfProvider, ...args: unknown[]) {
      return CallOfProvider.run(this, run, args);
    };
    Object.defineProperty(CallOfProvider.prototype, name, { value });
  }
  return (call) => new CallOfProvider(call);
}

/** Returns the context of a request, in which `REQUEST` is the call, or what a strategy for durable providers puts in its place. */
function contextOf(call: InterceptedCall, { creator }: NestParts): ContextId {
  const contextId = ContextIdFactory.getByRequest(call as never, []) as ContextId;
  creator.registerRequestProvider(contextId.getParent ? contextId.payload : call, contextId);
  return contextId;
}

function instanceIn(contextId: ContextId, { wrapper, module }: Provided): Promise<object> {
  const moduleRef = module.getProviderByKey<ModuleRef>(ModuleRef).instance;
  return moduleRef.resolve<object>(wrapper.token as never, contextId, { strict: true });
}
