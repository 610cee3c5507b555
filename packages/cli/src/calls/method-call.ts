/** A call to a method of a live fleet: its contract, its arguments checked against it, and a client. */
import { type CallOptions, createClient } from '@concord-rpc/client';
import { type ContractDocument, isRpcError } from '@concord-rpc/core';
import {
  type ArgDocument,
  type Contract,
  compareVersions,
  compileArgumentCheck,
  compileContract,
  formatVersion,
  formatViolations,
  type MethodDocument,
  parseVersion,
  positional,
  requireArguments,
  type Violation,
} from '@concord-rpc/core/engine';
import { type RecordedContract, recordedContract } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import type { Io } from '../console/io';
import type { CallCommandOptions } from '../inputs/call-options';
import { readMethodName } from '../inputs/method-name';
import { type LiveContract, liveContract } from '../live/live-contract';
import { methodOf, withMethodAlone } from '../live/method-of';
import type { Fleet } from '../live/with-fleet';
import { carriedValue } from './carried-arguments';
import { readArguments } from './given-arguments';

/** A client whose contract is known at run time only. */
export interface MethodClient {
  readonly [method: string]: (...args: readonly unknown[]) => Promise<unknown> & AsyncIterableIterator<unknown>;
}

/** The forms of a client: for one server, for casts, for all servers. */
export type DynamicClient = MethodClient & {
  readonly $to: (server: string) => DynamicClient;
  readonly $with: (options: CallOptions) => DynamicClient;
  readonly $cast: MethodClient;
  readonly $fanout: MethodClient;
  readonly $each: MethodClient;
};

/** A method of an interface, compiled for calls. */
export interface CompiledMethod {
  readonly live: LiveContract;
  /** `Ports@1.list`. */
  readonly label: string;
  readonly name: string;
  readonly method: MethodDocument;
  /** The contract with this method alone, as a document, as a class, and compiled. */
  readonly document: ContractDocument;
  readonly recorded: RecordedContract;
  readonly contract: Contract;
}

/** Arguments by position, and what is wrong with them. */
export interface FittedArguments {
  readonly args: readonly unknown[];
  readonly violations: readonly Violation[];
}

/** A call that is ready to be sent. */
export interface MethodCall extends CompiledMethod {
  /** By position. */
  readonly args: readonly unknown[];
  readonly client: DynamicClient;
}

/** A call as a user gives it: the name of the method, its arguments as JSON, and options. */
export interface GivenCall<Options extends CallCommandOptions = CallCommandOptions> {
  readonly text: string;
  readonly json: string | undefined;
  readonly options: Options;
  /** True if a call without any argument is of use too, whose arguments are then not checked. */
  readonly mayLackArguments?: boolean;
}

/** The caller that the context states unless the user sets another one. */
export const CALLER = 'concord';

/**
 * Fetches the contract of a method, reads and checks the arguments, and makes a client with the options.
 *
 * @throws CommandFailure if the method is not served, or with exit code 2 if the arguments do not fit.
 */
export async function prepareCall(
  io: Io,
  fleet: Fleet,
  { text, json, options, mayLackArguments = false }: GivenCall,
  more: CallOptions = {},
): Promise<MethodCall> {
  const wanted = readMethodName(text);
  const { needs, timeout } = options;
  const compiled = compileMethod(await liveContract(fleet, wanted), wanted.method, needs);
  const { label, recorded } = compiled;
  const given = await readArguments(io, { json, arg: options.arg }, compiled);
  const { args, violations } = fitArguments(compiled, given, mayLackArguments);
  if (violations.length > 0) {
    throw new CommandFailure(`${label}: ${formatViolations(violations)}`, `show its arguments: concord describe ${label}`);
  }
  const context = { caller: CALLER, ...Object.fromEntries(options.setContext ?? []) };
  const client = dynamicClient(fleet, recorded, { timeout, context, versionCap: needs, ...more });
  return { ...compiled, args, client };
}

/**
 * Compiles a method of an interface. `needs`: the least version that its calls need.
 *
 * @throws CommandFailure if the interface has no such method, or if no server serves the version.
 */
export function compileMethod(live: LiveContract, wanted: string, needs?: string): CompiledMethod {
  const { name } = methodOf(live, wanted);
  const alone = withMethodAlone(live, name);
  const { document, key } = alone;
  const recorded = recordedContract(needs === undefined ? document : needing(alone, { name, needs }), key);
  const contract = compileContract(recorded.type, recorded.validator);
  return {
    ...{ live, label: `${key}.${name}`, name, method: document.endpoints[key]!.methods[name]! },
    ...{ document, recorded, contract },
  };
}

/** Converts arguments by name as the contract carries them, and checks them as a server does. Fields that no type declares are violations too. */
export function fitArguments(
  { label, name, method, document, recorded, contract }: CompiledMethod,
  given: Readonly<Record<string, unknown>>,
  mayLackArguments = false,
): FittedArguments {
  const definition = contract.methods.get(name)!;
  const undeclared: Violation[] = [];
  const carried = Object.entries(given).map(([arg, value]) => {
    const { schema } = method.args!.find((each) => each.name === arg)!;
    return [arg, carriedValue(value, schema, arg, { types: document.types ?? {}, violations: undeclared })];
  });
  const args = positional(Object.fromEntries(carried), definition.args);
  if (undeclared.length > 0) return { args, violations: undeclared };
  if (args.length === 0 && mayLackArguments) return { args, violations: [] };
  const check = compileArgumentCheck(definition, recorded.validator, contract);
  try {
    requireArguments({ label, check }, [...args], { stripped: 0 });
    return { args, violations: [] };
  } catch (thrown) {
    if (!isRpcError(thrown) || thrown.code !== 'invalid_argument') throw thrown;
    return { args, violations: (thrown.data as { readonly violations: readonly Violation[] }).violations };
  }
}

/** Makes a client of a recorded contract. */
export function dynamicClient({ connection }: Fleet, { type, validator }: RecordedContract, options: CallOptions): DynamicClient {
  return createClient(connection.transport, type, { validator, ...options }) as unknown as DynamicClient;
}

/**
 * Returns a contract in which every call of a method needs a version at least.
 *
 * @throws CommandFailure if no server serves the version.
 */
function needing(
  { key, document }: LiveContract,
  { name, needs }: { readonly name: string; readonly needs: string },
): ContractDocument {
  const endpoint = document.endpoints[key]!;
  const method = endpoint.methods[name]!;
  const [least, newest] = [parseVersion(needs, '--needs'), parseVersion(endpoint.version)];
  if (least.major !== newest.major || least.minor > newest.minor) {
    throw new CommandFailure(
      `--needs ${needs}: the newest server of ${key} is at ${endpoint.version}`,
      'name a version that is served',
    );
  }
  if (compareVersions(least, parseVersion(method.since ?? formatVersion({ ...least, minor: 0 }))) <= 0) return document;
  const isLater = ({ since }: ArgDocument) => since !== undefined && compareVersions(parseVersion(since), least) > 0;
  const args = method.args?.map((arg) => (isLater(arg) ? arg : { ...arg, since: undefined, droppable: undefined }));
  const raised = { ...method, since: needs, args, aliases: undefined, aliasSince: undefined };
  return { ...document, endpoints: { [key]: { ...endpoint, methods: { [name]: raised } } } };
}
