/** `concord ping`: measures the time in which the servers of a live fleet, or one of them, answer. */
import { pingServer, type ServerHealth } from '@concord-rpc/client';
import { isRpcError, type RpcError } from '@concord-rpc/core';
import { requireServerName } from '@concord-rpc/core/engine';
import type { subjects } from '@concord-rpc/core/wire';
import type { Command } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { addLiveOptions } from '../inputs/live-options';
import { type Fleet, type LiveOptions, withFleet } from '../live/with-fleet';
import { plainJson } from '../plain/plain-json';
import { columns } from '../views/columns';

/** Milliseconds that a server has for its answer. */
const LONGEST_WAIT = 2_000;
/** Most pings at a time. */
const AT_ONCE = 64;

/** A server on one topic, with its answer or the reason why there is none. */
interface Pinged {
  readonly server: string;
  readonly topic: string;
  readonly answer: ServerHealth | RpcError;
}

/** Adds options and action to the command `ping`. */
export function definePing(command: Command, run: Runner): void {
  addLiveOptions(command, ['ping', 'ping controller-1', 'ping --topic neutron/q-plugin --json'])
    .description('Ping the servers of a live fleet, each by its name, and print the time until each answer.')
    .argument('[server]', 'the name of a server (default: all)')
    .action(run(runPing));
}

async function runPing(io: Io, server: string | undefined, options: LiveOptions): Promise<ExitCode> {
  const only = server === undefined ? undefined : requireServerName(server);
  return withFleet(io, options, async (fleet) => {
    const pinged = await pingAll(fleet, await serversOf(fleet, only));
    if (options.json === true) io.out(`${plainJson(pinged.map(documentOf), 2)}\n`, 'data');
    else io.out(columns([['SERVER', 'TOPIC', 'TIME', 'SERVES'], ...pinged.map(rowOf)]));
    return pinged.every(({ answer }) => !isRpcError(answer)) ? EXIT.ok : EXIT.unreachable;
  });
}

/** A server and the address of one of its topics. */
interface ServerAddress {
  readonly server: string;
  readonly address: subjects.Address;
}

async function serversOf(fleet: Fleet, only: string | undefined): Promise<readonly ServerAddress[]> {
  const services = await fleet.services();
  const found = new Map<string, ServerAddress>();
  for (const service of services) {
    const { server, exchange, topic } = service;
    if (only === undefined || only === server)
      found.set(`${server} ${exchange}/${topic}`, { server, address: fleet.address(service) });
  }
  if (found.size > 0) return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  const what = only === undefined ? 'no server' : `no server ${only}`;
  throw new CommandFailure(`${what} answered at ${fleet.broker}`, 'list the servers: concord ls', EXIT.unreachable);
}

async function pingAll({ connection }: Fleet, servers: readonly ServerAddress[]): Promise<readonly Pinged[]> {
  const pinged: Pinged[] = [];
  for (let at = 0; at < servers.length; at += AT_ONCE) {
    const some = servers.slice(at, at + AT_ONCE).map(async ({ server, address }): Promise<Pinged> => {
      const { exchange, topic } = address;
      const target = { exchange, topic, namespace: null };
      const answer = await pingServer(connection, { address, target }, server, LONGEST_WAIT).catch((thrown: RpcError) => thrown);
      if (isRpcError(answer) && answer.code === 'permission_denied') throw answer;
      return { server, topic: `${exchange}/${topic}`, answer };
    });
    pinged.push(...(await Promise.all(some)));
  }
  return pinged;
}

function rowOf({ server, topic, answer }: Pinged): readonly string[] {
  if (isRpcError(answer)) return [server, topic, 'no answer', answer.message];
  const serves = answer.endpoints.map(({ name, version }) => `${name} ${version}`).join(', ');
  return [server, topic, `${answer.time.toFixed(1)} ms`, serves];
}

function documentOf({ server, topic, answer }: Pinged): object {
  if (isRpcError(answer)) return { server, topic, error: answer.toWire() };
  return { server, topic, milliseconds: answer.time, endpoints: answer.endpoints };
}
