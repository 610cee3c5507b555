/** Refuses implementations with decorators that only a framework runs: here they would be ignored, and a guard that is ignored lets every call through. */
import { type Class, RpcError } from '@concord-rpc/core';
import type { Contract } from '@concord-rpc/core/engine';

/** The metadata of NestJS that adds code around a handler, with the decorator that records it. */
const UNRUN = [
  { key: '__guards__', decorator: '@UseGuards' },
  { key: '__interceptors__', decorator: '@UseInterceptors' },
  { key: '__pipes__', decorator: '@UsePipes' },
  { key: '__exceptionFilters__', decorator: '@UseFilters' },
];

/** The part of `reflect-metadata` that reads the metadata of a class or a function. */
type ReadMetadata = (key: string, target: object) => unknown;

/**
 * Refuses a method whose class, or which itself, has such a decorator; also if the decorator stands on the contract.
 *
 * @throws RpcError `invalid_contract`
 */
export function requireNoUnrunDecorators({ type, name: contract }: Contract, name: string, implementation: object): void {
  const read = (Reflect as { getMetadata?: ReadMetadata }).getMetadata;
  if (read === undefined) return;
  for (const { target, at } of [...placesOf(implementation, name), ...placesOf(type.prototype as object, name)]) {
    const found = UNRUN.find(({ key }) => hasItems(read(key, target)));
    if (found === undefined) continue;
    throw new RpcError(
      'invalid_contract',
      `${found.decorator} on ${at} would not run: only NestJS runs it. Serve the class with @ServesContract(${contract}) of @concord-rpc/nestjs, or register an object without the decorator, whose methods call the class`,
    );
  }
}

/** Returns where decorators of a method and of its class record: on the class, and on the function, which the class may have bound again. */
function placesOf(implementation: object, name: string): { readonly target: object; readonly at: string }[] {
  const owner = implementation.constructor as Class | undefined;
  const method = (implementation as Record<string, unknown>)[name];
  const declared = (owner?.prototype as Record<string, unknown> | undefined)?.[name];
  const at = `${owner?.name}.${name}`;
  const places = [
    { target: owner as unknown, at: owner?.name },
    { target: method, at },
    { target: declared, at },
  ];
  return places.filter(({ target }) => typeof target === 'function') as {
    target: object;
    at: string;
  }[];
}

function hasItems(metadata: unknown): boolean {
  return Array.isArray(metadata) && metadata.length > 0;
}
