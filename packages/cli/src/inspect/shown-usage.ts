/** The callers of an interface, and the matrix of these callers and its servers, as the page shows them. */
import type { ContractDocument } from '@concord-rpc/core';
import { formatVersion, parseVersion } from '@concord-rpc/core/engine';
import {
  type AskedServer,
  type Cell,
  canonicalJson,
  contractsAt,
  matrix,
  observedClients,
  type Verdict,
} from '@concord-rpc/evolution';
import type { ShownCallers, ShownMatrix, ShownVerdict } from '@concord-rpc/inspector';
import { askServersOf } from '../live/ask-fleet';
import type { LiveContract } from '../live/live-contract';
import type { Fleet } from '../live/with-fleet';
import { verdictText } from '../print/matrix-text';
import { endpointFleets } from '../views/endpoint-fleets';
import { callersOf } from '../views/fleet-view';

/** Versions of the contract that stand for clients if no caller is known, the newest. */
const MOST_VERSIONS = 10;

/** Asks the servers of an interface for their callers. */
export async function shownCallers(fleet: Fleet, { key, address }: LiveContract): Promise<ShownCallers> {
  const fleets = await endpointFleets(fleet, address);
  const servers = fleets.find(({ endpoint }) => endpoint === key)?.servers ?? [];
  const seconds = servers.flatMap(({ usage }) => usage.report?.seconds ?? []);
  return {
    callers: callersOf(key, servers),
    counted: { servers: seconds.length, silent: servers.length - seconds.length, seconds: Math.max(0, ...seconds) },
  };
}

/** Asks the servers of an interface for their contracts and callers, and judges each caller on each of their versions. */
export async function shownMatrix({ connection }: Fleet, { key, address, document }: LiveContract): Promise<ShownMatrix> {
  const all = await askServersOf(connection, address);
  const asked = all.filter(({ contract }) => contract === undefined || Object.hasOwn(contract.endpoints, key));
  const servers = distinct(
    asked.flatMap(({ contract }) => contract ?? []),
    key,
  );
  const clients = observedClients({ key, servers: asked, committed: document });
  const callers = clients.filter(({ contract }) => contract !== undefined);
  const versions = callers.length > 0 ? [] : contractsAt(document, key, versionsOf(document, key));
  const result = matrix({ key, clients: versions, callers, servers });
  return {
    servers: result.servers,
    rows: result.rows.map(({ client, method, args, cells }) => ({
      client,
      method: args === undefined ? method : `${method}(${args.join(', ')})`,
      cells: cells.map(verdictsOf),
    })),
    notes: [
      ...notesOf(asked, callers.length),
      ...clients.flatMap(({ name, why }) => (why === undefined ? [] : [`${name}: ${why}`])),
    ],
  };
}

function notesOf(asked: readonly AskedServer[], callers: number): readonly string[] {
  const known = asked.filter(({ contract }) => contract !== undefined).length;
  return [
    ...(known < asked.length ? [`${asked.length - known} of ${asked.length} servers sent no contract.`] : []),
    ...(callers === 0 ? ['No server has counted a caller with a known contract; the clients are versions of the contract.'] : []),
  ];
}

/** One contract for each version and content, oldest first. */
function distinct(contracts: readonly ContractDocument[], key: string): readonly ContractDocument[] {
  const byText = new Map(contracts.map((contract) => [canonicalJson(contract.endpoints[key]), contract]));
  const minor = (contract: ContractDocument) => parseVersion(contract.endpoints[key]!.version).minor;
  return [...byText.values()].sort((a, b) => minor(a) - minor(b));
}

function versionsOf(document: ContractDocument, key: string): readonly string[] {
  const { major, minor } = parseVersion(document.endpoints[key]!.version);
  const count = Math.min(MOST_VERSIONS, minor + 1);
  return Array.from({ length: count }, (_, index) => formatVersion({ major, minor: minor - count + 1 + index }));
}

function verdictsOf({ least, most }: Cell): readonly ShownVerdict[] {
  const shown = ({ outcome }: Verdict, text: string): ShownVerdict => ({ outcome, text });
  const [one, other] = [shown(least, verdictText(least)), shown(most, verdictText(most))];
  return one.text === other.text ? [one] : [one, other];
}
