/** The interfaces of a live fleet, with all namespaces under which servers answer. */
import { describeAll } from '@concord-rpc/client';
import type { ContractDocument } from '@concord-rpc/core';
import { parseVersion } from '@concord-rpc/core/engine';
import { CommandFailure } from '../console/command-failure';
import { EXIT } from '../console/exit-codes';
import { safeText } from '../console/safe-text';
import { addressesIn, parseAnswer, type TopicAddress } from '../live/ask-contracts';
import type { Fleet } from '../live/with-fleet';
import { type FurtherNamespaces, type KnownInterface, knownInterfaces, topicOf } from './known-interfaces';

/**
 * Asks every server of the topics for its contract.
 *
 * @throws CommandFailure with exit code 5 if no server answers, or if one does not send its contract: its methods would be missing.
 */
export async function liveInterfaces(fleet: Fleet, further: FurtherNamespaces): Promise<readonly KnownInterface[]> {
  const topics = await fleet.topics();
  const asked = topics.map(async (address) => {
    const [{ described, silent }, servers] = await Promise.all([describeAll(fleet.connection, address), fleet.servers(address)]);
    const contracts = described.map(({ server, contract, refusal }) => {
      if (refusal === undefined) return onTopic(parseAnswer(server, contract), address);
      throw lacking(server, refusal.rawMessage);
    });
    if (silent.length > 0) throw lacking(silent[0]!, 'it does not answer');
    return { contracts, endpoints: servers.flatMap(({ endpoints }) => endpoints) };
  });
  const answers = await Promise.all(asked);
  const namespaces: Record<string, (string | null)[]> = {};
  for (const { name, version, namespaces: served } of answers.flatMap(({ endpoints }) => endpoints)) {
    const key = `${name}@${parseVersion(version).major}`;
    namespaces[key] = [...(namespaces[key] ?? []), ...served, ...(further[name] ?? []), ...(further[key] ?? [])];
  }
  return knownInterfaces(
    answers.flatMap(({ contracts }) => contracts),
    namespaces,
  );
}

/** A contract without interfaces of other topics: a server speaks for its own topic only. */
function onTopic(contract: ContractDocument, address: TopicAddress): ContractDocument {
  const own = Object.entries(contract.endpoints).filter(([key]) =>
    addressesIn(contract, key).some((each) => topicOf(each) === topicOf(address)),
  );
  return { ...contract, endpoints: Object.fromEntries(own) };
}

function lacking(server: string, why: string): CommandFailure {
  return new CommandFailure(
    `server ${safeText(server)} did not send its contract: ${safeText(why)}`,
    'ask again, stop that server, or name contract files in place of the fleet',
    EXIT.unreachable,
  );
}
