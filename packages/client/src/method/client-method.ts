/** One method of a contract, made ready for calling: everything about its calls that can be known before the first. */
import {
  type CallNeeds,
  type CallTally,
  type Check,
  type Contract,
  compileNeeds,
  compileOlderForms,
  compileReceived,
  compileSentArguments,
  compileTypeCheck,
  formatVersion,
  type MethodContract,
  newTally,
  type OlderForms,
  type Received,
  type SentArguments,
  UNCHECKED,
  underFormerNames,
  type Validator,
} from '@concord-rpc/core/engine';
import type { Codec, RequestEncoder } from '@concord-rpc/core/wire';
import { compileErrorReaders, type MethodErrors } from './declared-errors';

/** A method of a client. Its label is `DhcpPluginApi.getPorts`. */
export interface ClientMethod extends MethodErrors {
  readonly contract: Contract;
  readonly definition: MethodContract;
  /** Positions of the arguments that every call must have. */
  readonly requiredArgs: readonly number[];
  /** The versions that calls need under this name. */
  readonly needs: CallNeeds;
  readonly codec: Codec;
  /** Calls without their droppable parts; `undefined` if no later part of the method is droppable. */
  readonly olderForms: OlderForms | undefined;
  readonly encoder: RequestEncoder;
  /** The method under its former names, newest first. */
  readonly former: readonly ClientMethod[];
  /** The lowest minor that any form of its calls needs; `undefined` if a call has one form, under one name. */
  readonly oldestForm: number | undefined;
  /** All names of the method, separated by spaces, the oldest first: a server may serve it under any of them. */
  readonly askedNames: string;
  /** Number of the method among the methods of its client, former names included. */
  readonly index: number;
  /** Converts a result that is not checked; `undefined` if results stay as they are decoded. */
  readonly received: Received | undefined;
  /** The counts of its calls, under all of its names. */
  readonly tally: CallTally;
  /** Checks a result against its declared type; compiled on first use, because most clients do not validate results. */
  readonly checkResult: () => Check;
}

/** The methods of a contract, ready for calling. */
export function clientMethods(contract: Contract, codec: Codec, validator: Validator): ClientMethod[] {
  const version = formatVersion(contract.version);
  let count = 0;
  return [...contract.methods.values()].map((definition): ClientMethod => {
    const oldestFirst = [definition, ...underFormerNames(definition)].reverse();
    const label = `${contract.name}.${definition.name}`;
    const argNames = definition.args.map((arg) => arg.name);
    const encoder = converting(codec.requestEncoder(version, argNames), compileSentArguments(definition, contract.dtos));
    const errors = compileErrorReaders(contract, definition, validator);
    const checkResult = lazy(() => compileResultCheck(definition, contract, validator));
    const received = compileReceived(definition.returns, contract.dtos);
    const askedNames = oldestFirst.map(({ name }) => name).join(' ');
    const requiredArgs = requiredOf(definition);
    const tally = newTally();
    const underNames: ClientMethod[] = [];
    for (const named of oldestFirst) {
      const former = [...underNames];
      const { needs, olderForms, oldestForm } = versionsOf(contract, named, former);
      // one literal: properties added by a spread are stored elsewhere in memory, which slows calls of contracts with many methods
      underNames.unshift({
        definition: named,
        requiredArgs,
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
        received,
        tally,
        checkResult,
      });
    }
    return underNames[0]!;
  });
}

/** Returns an encoder that converts arguments first; the same encoder if they are sent as they are. */
function converting(encoder: RequestEncoder, sent: SentArguments | undefined): RequestEncoder {
  return sent === undefined ? encoder : { ...encoder, args: (given) => encoder.args(sent(given)) };
}

function requiredOf({ args, required }: MethodContract): number[] {
  return args.slice(0, required).flatMap(({ optional }, index) => (optional ? [] : [index]));
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

/** Returns the check of a method's result. `returns` is `undefined` if the contract does not declare the result, `null` if the method has no result. */
export function compileResultCheck({ returns }: MethodContract, { codec }: Contract, validator: Validator): Check {
  if (returns !== null) return compileTypeCheck(returns ?? UNCHECKED, validator, codec);
  return (value, path, findings) => {
    if (value !== undefined && value !== null) findings.violations.push({ path, message: 'must be nothing' });
    return undefined;
  };
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
