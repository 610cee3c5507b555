/** Collects the mistakes of a contract, so that one error names all of them. */
import type { ErrorCode } from './error-codes';
import { RpcError } from './rpc-error';

/** The codes of mistakes in a contract. */
const CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['invalid_contract', 'invalid_version', 'invalid_target']);

/** The mistakes that were found so far, each once. */
export class Mistakes {
  private readonly found = new Map<string, RpcError>();

  /** Adds a mistake, or all mistakes that an error names; throws any other error. */
  add(thrown: unknown): void {
    if (!(thrown instanceof RpcError) || !CODES.has(thrown.code)) throw thrown;
    const { cause } = thrown as { readonly cause?: unknown };
    const all: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [thrown];
    for (const each of all as readonly RpcError[]) this.found.set(each.message, each);
  }

  /** Runs a part of a check. Returns `undefined`, and keeps the mistake, if the part throws one. */
  attempt<T>(part: () => T): T | undefined {
    try {
      return part();
    } catch (thrown) {
      this.add(thrown);
      return undefined;
    }
  }

  /** @throws RpcError the mistake; if there are several, `invalid_contract` with a line for each. `what` has the mistakes: `Ports`. */
  requireNone(what: string): void {
    const all = [...this.found.values()];
    if (all.length === 0) return;
    if (all.length === 1) throw all[0];
    const lines = all.map(({ rawMessage }) => `\n* ${rawMessage}`);
    throw new RpcError('invalid_contract', `${what} has ${all.length} mistakes:${lines.join('')}`, {
      cause: new AggregateError(all),
    });
  }
}
