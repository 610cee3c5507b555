/** Today's handlers made to answer as a server of an older version did. */
import { type Contract, CutCompiler } from '@concord-rpc/core/engine';

/**
 * Returns a handler for every method of a contract, and for its former names. A handler calls the method of `implementation` and removes
 * from the result, or from each item of a stream, whatever is newer than `minor`.
 */
export function cutHandlers(today: Contract, implementation: object, minor: number): object {
  const compiler = new CutCompiler(today.dtos, { minor, drops: () => true, replaces: true });
  const handlers: Record<string, (...args: unknown[]) => unknown> = {};
  for (const { name, returns, mode, aliases = [] } of today.methods.values()) {
    const cut = (returns && compiler.ofType(returns)) ?? ((value: unknown) => value);
    const run = (implementation as Record<string, (...args: unknown[]) => unknown>)[name]!.bind(implementation);
    const handler =
      mode === 'stream'
        ? (...args: unknown[]) => mapped(run(...args) as AsyncIterable<unknown>, cut)
        : async (...args: unknown[]) => cut(await run(...args));
    for (const each of [name, ...aliases.map((alias) => alias.name)]) handlers[each] = handler;
  }
  return handlers;
}

async function* mapped(items: AsyncIterable<unknown>, cut: (item: unknown) => unknown): AsyncGenerator<unknown> {
  for await (const item of items) yield cut(item);
}
