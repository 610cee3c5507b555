/** Errors for calls that no server could accept: a wrong mode, too few or too many arguments. */
import { type CallMode, RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import type { ClientMethod } from './client-method';

/** The error for a call in a mode in which the method cannot be called. */
export function wrongMode({ definition, label }: ClientMethod, used: CallMode): RpcError {
  const { mode } = definition;
  const instead = { call: 'a plain call', cast: '$cast or $fanout', fanout: '$fanout', stream: 'for await' }[mode!];
  return new RpcError(
    'invalid_target',
    `${label} is declared mode ${quote(mode)} and cannot be used as a ${used}: use ${instead}`,
  );
}

/** The error for a call with too many arguments, or without the argument at a position. */
export function wrongArguments({ definition, label }: ClientMethod, args: readonly unknown[], missing?: number): RpcError {
  if (missing === undefined) {
    const most = definition.args.length;
    return new RpcError('invalid_argument', `${label} takes at most ${most} arguments; got ${args.length}`);
  }
  const { name } = definition.args[missing]!;
  return new RpcError(
    'invalid_argument',
    `${label} needs its argument ${quote(name)}; if callers may leave it out, declare it with @Arg({ optional: true })`,
    { data: { violations: [{ path: name, message: 'is required' }] } },
  );
}
