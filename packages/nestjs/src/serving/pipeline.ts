/** One method of a provider with its guards, interceptors, pipes and filters, put together by NestJS. */

import type { InterceptedCall } from '@concord-rpc/core';
import type { MethodContract } from '@concord-rpc/core/engine';
import type { ErrorMapper } from '@concord-rpc/server';
import type { LoggerService, PipeTransform } from '@nestjs/common';
import type { ExternalContextCreator } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import { refusalOf } from '../errors/refuse';
import { argumentMetadata } from './arguments';
import { type CallProgress, nestHandler } from './handler';
import type { ContextId, Filters, LookUp, NestInternals } from './nest-internals';
import { isIterable, settled } from './observables';

/** The type of the execution context: `switchToRpc()` gives the arguments and the call. */
const CONTEXT_TYPE = 'rpc';

/** The parts of the application that all methods share. */
export interface NestParts {
  readonly creator: ExternalContextCreator;
  readonly internals: NestInternals;
  readonly mapError: ErrorMapper;
  readonly logger: LoggerService;
}

/** A provider of one module. */
export interface Host {
  /** The class with the decorators. */
  readonly type: abstract new (
    ...args: never[]
  ) => object;
  readonly moduleKey: string;
  /** The id of the provider. */
  readonly id: string;
}

/** The method whose calls a pipeline runs. */
export interface PipelineMethod {
  readonly host: Host;
  readonly method: MethodContract;
  readonly implementation: object;
  /** The request that the instance was made for; `undefined` if it lives as long as the application. */
  readonly contextId?: ContextId;
}

/** Runs calls of one method of one instance. */
export class Pipeline {
  private readonly target: (args: readonly unknown[], call: InterceptedCall, progress: CallProgress) => Promise<unknown>;
  private readonly filters: Filters;
  private readonly isStream: boolean;

  constructor(
    private readonly parts: NestParts,
    { host: { type, moduleKey, id }, method, implementation, contextId }: PipelineMethod,
  ) {
    const { creator, internals } = parts;
    this.isStream = method.mode === 'stream';
    const { handler, setPipes } = nestHandler({
      implementation,
      type,
      name: method.name,
      isStream: this.isStream,
      metadata: argumentMetadata(method),
    });
    // an object in place of the class, such as a mock, is guarded as the class is
    const host = implementation instanceof type ? implementation : (Object.create(type.prototype as object) as object);
    const lookUp: LookUp = [host, handler, moduleKey, contextId, id];
    setPipes(internals.pipesOf(...lookUp) as readonly PipeTransform[]);
    this.filters = internals.filtersOf(...lookUp);
    const options = { guards: true, interceptors: true, filters: false };
    const create = creator.create.bind(creator, host as never, handler as never, method.name, undefined, undefined);
    this.target = create(contextId, id, options, CONTEXT_TYPE) as unknown as typeof this.target;
  }

  /**
   * Runs a call. Rejects with a `Refusal` if the method did not run, else with what the method or a filter threw. A stream resolves to an iterable, whose
   * errors pass through the filters, too.
   */
  async run(args: readonly unknown[], call: InterceptedCall): Promise<unknown> {
    const progress: CallProgress = { started: false };
    try {
      const result = await this.target(args, call, progress);
      return this.isStream && isIterable(result) ? this.filtered(result, args, call) : result;
    } catch (thrown) {
      return this.filter(thrown, args, call).catch((final) => {
        throw progress.started ? final : refusalOf(final, call, this.parts.mapError, this.parts.logger);
      });
    }
  }

  private async *filtered(
    items: AsyncIterable<unknown>,
    args: readonly unknown[],
    call: InterceptedCall,
  ): AsyncGenerator<unknown> {
    try {
      yield* items;
    } catch (thrown) {
      await this.filter(thrown, args, call);
    }
  }

  /** Resolves to the result that a filter gives in place of the error; rejects with the error of a filter, or with the one that was thrown. */
  private async filter(thrown: unknown, args: readonly unknown[], call: InterceptedCall): Promise<unknown> {
    const host = new ExecutionContextHost([args, call]);
    host.setType(CONTEXT_TYPE);
    const handled = this.filters.invokeCustomFilters(thrown, host);
    if (handled) return settled(handled);
    throw thrown;
  }
}
