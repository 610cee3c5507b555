/** The contract of an interface, as the newest server of a live fleet serves it. */
import { describeServer } from '@concord-rpc/client';
import type { ContractDocument } from '@concord-rpc/core';
import { compareVersions, parseVersion } from '@concord-rpc/core/engine';
import type { subjects } from '@concord-rpc/core/wire';
import { contractAt, UnreadableFile } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { didYouMean } from '../console/did-you-mean';
import { EXIT } from '../console/exit-codes';
import { safeText } from '../console/safe-text';
import { LONGEST_WAIT, parseAnswer } from './ask-contracts';
import type { FoundService } from './find-services';
import type { Fleet } from './with-fleet';

/** An interface of a live fleet. */
export interface LiveContract {
  /** `Name@major`. */
  readonly key: string;
  /** The contract of the newest server that sent it, with this interface alone. */
  readonly document: ContractDocument;
  readonly address: subjects.Address;
  /** The servers of the interface and their versions. */
  readonly services: readonly FoundService[];
}

/** An interface; without a major, the newest that is served. */
interface WantedInterface {
  readonly name: string;
  readonly major: number | undefined;
}

/** Questions for the contract, to the newest servers in turn, before the command gives up. */
const MOST_TRIES = 3;

/**
 * Finds an interface, and asks its newest server for the contract.
 *
 * @throws CommandFailure with exit code 5 if no server serves the interface or none sends its contract, 2 if several topics have it.
 */
export async function liveContract(fleet: Fleet, wanted: WantedInterface): Promise<LiveContract> {
  const named = await fleet.services(wanted.name);
  if (named.length === 0) throw await notServed(fleet, wanted);
  const majors = named.map(majorOf);
  const major = wanted.major ?? Math.max(...majors);
  const services = named.filter((service) => majorOf(service) === major);
  if (services.length === 0) {
    const served = [...new Set(majors)].map((each) => `${wanted.name}@${each}`).join(', ');
    throw new CommandFailure(
      `no server at ${fleet.broker} serves ${wanted.name}@${major}`,
      `these are served: ${served}`,
      EXIT.unreachable,
    );
  }
  const topics = [...new Set(services.map(({ exchange, topic }) => `${exchange}/${topic}`))];
  const key = `${wanted.name}@${major}`;
  if (topics.length > 1) throw new CommandFailure(`${key} is served on ${topics.join(' and ')}`, 'name one: --topic TOPIC');
  const address = fleet.address(services[0]!);
  return { key, address, services, document: await newestContract(fleet, { key, address, services }) };
}

async function newestContract(
  fleet: Fleet,
  { key, address, services }: Omit<LiveContract, 'document'>,
): Promise<ContractDocument> {
  const newest = [...services].sort((a, b) => compareVersions(parseVersion(b.version), parseVersion(a.version)));
  let why = '';
  // a server that is asked again may have been busy
  for (const { server } of Array.from({ length: MOST_TRIES }, (_, index) => newest[index % newest.length]!)) {
    const { contract, refusal } = await describeServer(fleet.connection, address, server, LONGEST_WAIT);
    if (refusal?.code === 'permission_denied') throw refusal;
    const read = refusal === undefined ? readContract(server, contract, key) : refusal.rawMessage;
    if (typeof read !== 'string') return read;
    why = read;
  }
  throw new CommandFailure(`no server sent the contract of ${key}: ${safeText(why)}`, 'ask again', EXIT.unreachable);
}

/** Reads the contract of a server. Returns the reason if it cannot be read. */
function readContract(server: string, contract: unknown, key: string): ContractDocument | string {
  try {
    const document = parseAnswer(server, contract);
    const endpoint = Object.hasOwn(document.endpoints, key) ? document.endpoints[key]! : undefined;
    if (endpoint === undefined) return `${server} has no ${key} in its contract`;
    return contractAt(document, key, parseVersion(endpoint.version))!;
  } catch (thrown) {
    if (thrown instanceof UnreadableFile) return thrown.message;
    throw thrown;
  }
}

async function notServed(fleet: Fleet, { name }: WantedInterface): Promise<CommandFailure> {
  const names = [...new Set((await fleet.services()).map((service) => service.name))];
  const remedy = names.length === 0 ? 'start a server, or name its topic: --topic TOPIC' : `served: ${names.join(', ')}`;
  return new CommandFailure(
    `no server at ${fleet.broker} serves ${name}${didYouMean(name, names)}`,
    safeLine(remedy),
    EXIT.unreachable,
  );
}

function safeLine(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}

function majorOf({ version }: FoundService): number {
  return parseVersion(version).major;
}
