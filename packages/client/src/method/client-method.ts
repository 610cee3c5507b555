/** One method of a contract, made ready for calling: everything about its calls that can be known before the first. */
import {
  type CallMode,
  type CallNeeds,
  type Check,
  type Codec,
  type Contract,
  compileNeeds,
  compileOlderForms,
  compileTypeCheck,
  formatVersion,
  type MethodContract,
  type OlderForms,
  quote,
  type RequestEncoder,
  RpcError,
  UNCHECKED,
  underFormerNames,
  type Validator,
} from '@concord-rpc/core';
import { compileErrorReaders, type ErrorReader } from './declared-errors';

/** A method of a client. */
export interface ClientMethod {
  readonly contract: Contract;
  readonly definition: MethodContract;
  /** `DhcpPluginApi.getPorts`, for errors. */
  readonly label: string;
  /** The versions that its calls need under this name. */
  readonly needs: CallNeeds;
  readonly codec: Codec;
  /** Its calls without what may be left out; `undefined` if nothing late in them may. */
  readonly olderForms: OlderForms | undefined;
  readonly encoder: RequestEncoder;
  /** The same under the names that it had, newest first. */
  readonly former: readonly ClientMethod[];
  /** The least minor that any form of its calls needs; `undefined` if a call has one form, under one name. */
  readonly oldestForm: number | undefined;
  /** All its names with spaces between them, the oldest first: by any of them a server may have it. */
  readonly askedNames: string;
  /** Its number among the methods of its client, former names counted. */
  readonly index: number;
  /** Checks a result against what the method declares; compiled on first use, as most clients do not ask for it. */
  readonly checkResult: () => Check;
  /** How the errors that it declares are read, by name; `undefined` if it declares none. */
  readonly errors: ReadonlyMap<string, ErrorReader> | undefined;
}

/** The methods of a contract, ready for calling. */
export function clientMethods(contract: Contract, codec: Codec, validator: Validator): ClientMethod[] {
  const version = formatVersion(contract.version);
  let count = 0;
  return [...contract.methods.values()].map((definition): ClientMethod => {
    const oldestFirst = [definition, ...underFormerNames(definition)].reverse();
    const label = `${contract.name}.${definition.name}`;
    const argNames = definition.args.map((arg) => arg.name);
    const encoder = codec.requestEncoder(version, argNames);
    const errors = compileErrorReaders(contract, definition, validator);
    const checkResult = lazy(() => compileResultCheck(definition, validator));
    const askedNames = oldestFirst.map(({ name }) => name).join(' ');
    const underNames: ClientMethod[] = [];
    for (const named of oldestFirst) {
      const former = [...underNames];
      const { needs, olderForms, oldestForm } = versionsOf(contract, named, former);
      // one literal: what is spread into an object lies elsewhere, and calls of a thousand methods wait for each place in memory
      underNames.unshift({
        definition: named,
        needs,
        oldestForm,
        encoder,
        contract,
        codec,
        label,
        index: count++,
        errors,
        olderForms,
        former,
        askedNames,
        checkResult,
      });
    }
    return underNames[0]!;
  });
}

function versionsOf(
  { dtos }: Contract,
  definition: MethodContract,
  former: readonly ClientMethod[],
): Pick<ClientMethod, 'needs' | 'olderForms' | 'oldestForm'> {
  const needs = compileNeeds(definition, dtos);
  const olderForms = compileOlderForms(definition, dtos, needs);
  const oldest = former.at(-1)?.definition.since ?? definition.since;
  const oldestForm = olderForms === undefined && oldest === definition.since ? undefined : oldest;
  return { needs, olderForms, oldestForm };
}

/** `undefined` says nothing of its result; `null` says that there is none. */
function compileResultCheck({ returns }: MethodContract, validator: Validator): Check {
  if (returns !== null) return compileTypeCheck(returns ?? UNCHECKED, validator);
  return (value, path, findings) => {
    if (value !== undefined && value !== null) findings.violations.push({ path, message: 'must be nothing' });
    return undefined;
  };
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
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
export function requireMode({ definition, label }: ClientMethod, used: CallMode): void {
  const { mode } = definition;
  if ((mode === undefined && used !== 'stream') || mode === used || (mode === 'cast' && used === 'fanout')) return;
  const instead = { call: 'a plain call', cast: '$cast or $fanout', fanout: '$fanout', stream: 'for await' }[mode!];
  throw new RpcError(
    'invalid_target',
    `${label} is declared mode ${quote(mode)} and cannot be used as a ${used}: use ${instead}`,
  );
}
