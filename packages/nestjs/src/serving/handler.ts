/** The function that NestJS calls in place of a provider's method: it runs the pipes, marks the call as started, and calls the method. */

import type { InterceptedCall } from '@concord-rpc/core';
import { inPresentContext } from '@concord-rpc/server';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { applyPipes } from './arguments';
import { asIterable } from './observables';

/** The progress of one call. */
export interface CallProgress {
  /** True as soon as the provider's method was called. */
  started: boolean;
}

/** The method of a provider, called by NestJS with the arguments that guards and interceptors see, and the progress. */
export type NestHandler = (args: readonly unknown[], call: InterceptedCall, progress: CallProgress) => Promise<unknown>;

type AnyFunction = (...args: unknown[]) => unknown;

/** The parts of a handler. */
export interface HandlerParts {
  /** The object whose method is called. */
  readonly implementation: object;
  /** The class that declares the method, with its decorators. */
  readonly type: { readonly prototype: object };
  readonly name: string;
  readonly isStream: boolean;
  readonly metadata: readonly ArgumentMetadata[];
}

/** Returns a handler, and a function that gives it its pipes: NestJS finds them by the metadata of the handler. */
export function nestHandler({ implementation, type, name, isStream, metadata }: HandlerParts) {
  let pipes: readonly PipeTransform[] = [];
  const method = methodOf(implementation, name)!;

  const handler: NestHandler = async (args, _call, progress) => {
    const piped = pipes.length === 0 ? args : await applyPipes(args, metadata, pipes);
    progress.started = true;
    const result = Reflect.apply(method, implementation, piped);
    return isStream ? inPresentContext(asIterable(await result)) : result;
  };
  // the decorators stand on the method that the class declares, also if its constructor binds it again
  for (const source of [methodOf(type.prototype, name), method]) if (source !== undefined) copyMetadata(source, handler);
  Object.defineProperty(handler, 'name', { value: name });
  return {
    handler,
    setPipes(given: readonly PipeTransform[]) {
      pipes = given;
    },
  };
}

function methodOf(owner: object, name: string): AnyFunction | undefined {
  const member = (owner as Record<string, unknown>)[name];
  return typeof member === 'function' ? (member as AnyFunction) : undefined;
}

function copyMetadata(from: object, to: object): void {
  for (const key of Reflect.getMetadataKeys(from) as unknown[]) Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
}
