/** Judges a message before it is sent, on a route where the broker does not report "no responders": by the view of its topic. */
import type { RpcError } from '@concord-rpc/core';
import { parseVersion } from '@concord-rpc/core/engine';
import type { ServerAnnouncement } from '@concord-rpc/core/wire';
import type { Outgoing } from '../connection/outgoing';
import { servedVersions } from '../fleet/served-versions';
import type { TopicView } from '../view/topic-view';
import { judge, notTakenError } from './explain-no-responders';
import { tellOfOlderForm } from './older-form-channel';
import { formFor } from './version-gate';

/** The verdict on a message: the same one, if it is to be sent as it is; an older form of it; or the error that refuses it. */
export type UnsentVerdict = Outgoing | RpcError;

/** Returns the verdict on a message if it is known without waiting. */
export function judgeNow(outgoing: Outgoing): UnsentVerdict | undefined {
  if (!outgoing.route.trust.isTapped) return undefined; // it is not known yet whether the broker judges it
  const view = viewFor(outgoing);
  if (isTaken(outgoing, view.servers)) return outgoing;
  if (!view.isFilled || view.table.size > 0) return verdictOf(outgoing, view);
  view.refresh();
  return outgoing; // no server of the topic has answered, so nothing is known
}

/**
 * Waits for what the verdict needs: a probe, and on a tapped route a census. A message is sent as soon as one server says that it takes it, and also if no
 * server answered or could be asked: then nothing is known.
 */
export async function judgeLater(outgoing: Outgoing, subject: string): Promise<UnsentVerdict> {
  const { trust } = outgoing.route;
  if (!trust.isTapped) await trust.check(subject);
  if (!trust.isTapped) return outgoing;
  const view = viewFor(outgoing);
  await view.search((servers) => isTaken(outgoing, servers));
  return isTaken(outgoing, view.servers) ? outgoing : (verdictOf(outgoing, view) ?? outgoing);
}

function viewFor({ connection, destination }: Outgoing): TopicView {
  return connection.announcements.view(destination.address);
}

/** Returns whether a server serves the version that a call needs, as far as announcements without methods tell. */
function isTaken({ destination, method, minor }: Outgoing, servers: readonly ServerAnnouncement[]): boolean {
  const highest = servedVersions(servers, { destination, contract: method.contract }).at(-1);
  return highest !== undefined && highest.minor >= minor;
}

/** The verdict on a call that no server of a view takes. It is refused only by a census that has just been complete. */
function verdictOf(outgoing: Outgoing, view: TopicView): UnsentVerdict | undefined {
  const { destination, method, minor, args } = outgoing;
  if (!view.isFilled || view.table.size === 0) return undefined;
  const servers = withMethod(outgoing, view.servers);
  const verdict = judge(outgoing, { servers, noResponders: false });
  if (verdict.kind === 'served' || verdict.kind === 'no_such_method') return outgoing;
  if (verdict.kind === 'unsupported_version' && method.oldestForm !== undefined) {
    const versions = verdict.served.map(({ version }) => parseVersion(version));
    const minors = versions.filter(({ major }) => major === method.contract.version.major).map((version) => version.minor);
    const form = formFor(method, args, Math.max(-1, ...minors));
    if (form !== undefined) {
      tellOfOlderForm(destination, { method, minor, args }, form, 'served');
      return { ...outgoing, ...form };
    }
  }
  return view.isFresh ? notTakenError(outgoing, verdict) : undefined;
}

/** Announcements do not tell methods: endpoints with the contract's name count as having the method, or all endpoints if none has that name. */
function withMethod({ destination, method }: Outgoing, servers: readonly ServerAnnouncement[]): ServerAnnouncement[] {
  const { namespace } = destination.target;
  const { name } = method.contract;
  const isNamed = servers.some(({ endpoints }) =>
    endpoints.some((endpoint) => endpoint.name === name && endpoint.namespaces.includes(namespace)),
  );
  return servers.map((server) => ({
    ...server,
    endpoints: server.endpoints.map((endpoint) => ({ ...endpoint, hasMethod: !isNamed || endpoint.name === name })),
  }));
}
