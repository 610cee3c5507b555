/** Members of NestJS that it does not export or declares private. They are the same in 11 and 12; a release without them is refused at start. */

import { RpcError } from '@concord-rpc/core';
import type { ArgumentsHost, PipeTransform } from '@nestjs/common';
import type { ExternalContextCreator, ModulesContainer } from '@nestjs/core';

/** A module as NestJS has it at run time. */
export type NestModule = ModulesContainer extends Map<string, infer Module> ? Module : never;
/** A provider as NestJS has it at run time. */
export type ProviderWrapper = ReturnType<NestModule['getProviderByKey']>;
/** The life of an instance: that of the application, or of one request. */
export type ContextId = NonNullable<Parameters<ExternalContextCreator['create']>[5]>;

/** The arguments with which pipes and filters are looked up: the same as those of guards and interceptors. */
export type LookUp = readonly [
  instance: object,
  callback: object,
  moduleKey: string,
  contextId: ContextId | undefined,
  inquirerId: string,
];

/** The filters of one method. */
export interface Filters {
  /** Returns what the filter that matches the exception returns; a falsy value if no filter matches. */
  invokeCustomFilters(exception: unknown, host: ArgumentsHost): unknown;
}

/** The parts of NestJS that make pipes and filters. */
export interface NestInternals {
  pipesOf(...lookUp: LookUp): readonly PipeTransform[];
  filtersOf(...lookUp: LookUp): Filters;
}

/**
 * Returns the parts of NestJS that make pipes and filters.
 *
 * @throws RpcError `invalid_contract` if this release of NestJS does not have them.
 */
export function nestInternals(creator: ExternalContextCreator): NestInternals {
  const { pipesContextCreator, filtersContextCreator } = creator as unknown as Record<string, Maker | undefined>;
  if (typeof pipesContextCreator?.create !== 'function' || typeof filtersContextCreator?.create !== 'function') {
    throw new RpcError(
      'invalid_contract',
      'this release of @nestjs/core has no pipesContextCreator or filtersContextCreator in ExternalContextCreator, so pipes and filters would not run: use a release of 11 or 12',
    );
  }
  return {
    pipesOf: (...lookUp) => pipesContextCreator.create(...lookUp) as readonly PipeTransform[],
    filtersOf: (...lookUp) => filtersContextCreator.create(...lookUp) as Filters,
  };
}

interface Maker {
  create(...lookUp: LookUp): unknown;
}
