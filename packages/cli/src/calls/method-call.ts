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
import { recordedContract } from '@concord-rpc/evolution';
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
  readonly $cast: MethodClient;
  readonly $fanout: MethodClient;
  readonly $each: MethodClient;
};

/** A call that is ready to be sent. */
export interface MethodCall {
  readonly live: LiveContract;
  /** `Ports@1.list`. */
  readonly label: string;
  readonly name: string;
  readonly method: MethodDocument;
  /** By position. */
  readonly args: readonly unknown[];
  readonly client: DynamicClient;
  /** The compiled contract, with this method alone. */
  readonly contract: Contract;
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
const CALLER = 'concord';

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
  const live = await liveContract(fleet, wanted);
  const { name } = methodOf(live, wanted.method);
  const alone = withMethodAlone(live, name);
  const method = alone.document.endpoints[alone.key]!.methods[name]!;
  const label = `${live.key}.${name}`;
  const { document } = alone;
  const given = await readArguments(io, { json, arg: options.arg }, { document, label, method });
  const { needs } = options;
  const { type, validator } = recordedContract(needs === undefined ? document : needing(alone, { name, needs }), live.key);
  const contract = compileContract(type, validator);
  const compiled = contract.methods.get(name)!;
  const violations: Violation[] = [];
  const carried = Object.entries(given).map(([arg, value]) => {
    const { schema } = method.args!.find((each) => each.name === arg)!;
    return [arg, carriedValue(value, schema, arg, { types: document.types ?? {}, violations })];
  });
  if (violations.length > 0) throw unfit(label, formatViolations(violations));
  const args = positional(Object.fromEntries(carried), compiled.args);
  if (args.length > 0 || !mayLackArguments)
    requireFit(label, () =>
      requireArguments({ label, check: compileArgumentCheck(compiled, validator, contract) }, [...args], { stripped: 0 }),
    );
  const context = { caller: CALLER, ...Object.fromEntries(options.setContext ?? []) };
  const { timeout } = options;
  const client = createClient(fleet.connection.transport, type, { validator, timeout, context, versionCap: needs, ...more });
  return { live, label, name, method, args, contract, client: client as unknown as DynamicClient };
}

/** Runs the check of arguments. An error of it is a wrong usage of the command. */
function requireFit(label: string, check: () => void): void {
  try {
    check();
  } catch (thrown) {
    if (!isRpcError(thrown) || thrown.code !== 'invalid_argument') throw thrown;
    throw unfit(label, thrown.rawMessage.slice(label.length + 2));
  }
}

function unfit(label: string, problems: string): CommandFailure {
  return new CommandFailure(`${label}: ${problems}`, `show its arguments: concord describe ${label}`);
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
