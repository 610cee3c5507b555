/** One method of a contract, made ready for calling: everything about its calls that can be known before the first. */
import {
  type Codec,
  type Contract,
  compileLeastMinor,
  formatVersion,
  type LeastMinor,
  type MethodContract,
  quote,
  type RequestEncoder,
  RpcError,
} from '@concord-rpc/core';

/** A method of a client. */
export interface ClientMethod {
  readonly contract: Contract;
  readonly definition: MethodContract;
  /** `DhcpPluginApi.getPorts`, for errors. */
  readonly label: string;
  /** `undefined`: always `definition.since`. */
  readonly leastMinor: LeastMinor | undefined;
  readonly codec: Codec;
  readonly encoder: RequestEncoder;
}

/** The methods of a contract, ready for calling. */
export function clientMethods(contract: Contract, codec: Codec): ClientMethod[] {
  const version = formatVersion(contract.version);
  return [...contract.methods.values()].map((definition) => ({
    contract,
    definition,
    label: `${contract.name}.${definition.name}`,
    leastMinor: compileLeastMinor(definition, contract.dtos),
    codec,
    encoder: codec.requestEncoder(
      version,
      definition.args.map((arg) => arg.name),
    ),
  }));
}

/**
 * Refuses calls with too few or too many arguments, which no server could accept.
 *
 * @throws RpcError `invalid_argument`
 */
export function requireArity({ definition, label }: ClientMethod, args: readonly unknown[]): void {
  const { required } = definition;
  if (args.length > definition.args.length) {
    throw new RpcError('invalid_argument', `${label} takes at most ${definition.args.length} arguments; got ${args.length}`);
  }
  for (let index = 0; index < required; index++) {
    if (args[index] !== undefined || definition.args[index]!.optional) continue;
    const name = definition.args[index]!.name;
    throw new RpcError(
      'invalid_argument',
      `${label} needs its argument ${quote(name)}; if it may be left out, say so in the contract: @Arg({ optional: true })`,
      { data: { violations: [{ path: name, message: 'is required' }] } },
    );
  }
}

/**
 * Refuses a way of calling that the method does not allow.
 *
 * @throws RpcError `invalid_target`
 */
export function requireMode({ definition, label }: ClientMethod, way: 'call' | 'cast' | 'fanout'): void {
  const { mode } = definition;
  if (mode === undefined || mode === way || (mode === 'cast' && way === 'fanout')) return;
  const instead = { call: 'a plain call', cast: '$cast or $fanout', fanout: '$fanout' }[mode];
  throw new RpcError('invalid_target', `${label} is declared mode ${quote(mode)} and cannot be used as a ${way}: use ${instead}`);
}
