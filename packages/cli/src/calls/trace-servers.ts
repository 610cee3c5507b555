/** Which servers of a topic would take a call, and why the others would not: from the registry, without sending the call. */
import type { KnownServer, RunningServer } from '@concord-rpc/client';
import { compileNeeds, formatNeed, formatVersion, type Version, whyNotServed } from '@concord-rpc/core/engine';
import { listensTo, subjects } from '@concord-rpc/core/wire';
import type { Fleet } from '../live/with-fleet';
import type { MethodCall } from './method-call';

/** `written`: as the caller wrote it; `older`: without some of its parts, or under a former name; `no`: in no form. */
export type Taken = 'written' | 'older' | 'no';

/** One server, and whether it would take the call. */
export interface TracedServer {
  readonly server: string;
  readonly takes: Taken;
  /** The version of the older form. */
  readonly as?: string;
  readonly why: string;
}

/** A call and the servers of its topic. */
export interface TracedCall {
  readonly label: string;
  readonly topic: string;
  readonly namespace: string | null;
  /** The version that the call needs, `major.minor`. */
  readonly needs: string;
  /** The version, and the part of the call that needs it. */
  readonly because: string;
  /** The subject that the call is sent to as it is written. */
  readonly subject: string;
  readonly servers: readonly TracedServer[];
}

/** Asks the servers of a call's topic about its method. `to`: the server that the call names. */
export async function traceCall(fleet: Fleet, call: MethodCall, to: string | undefined): Promise<TracedCall> {
  const { live, label, name, method, args, contract, client } = call;
  const { address } = live;
  const definition = contract.methods.get(name)!;
  const { major } = contract.version;
  const minor = compileNeeds(definition, contract.dtos).least(args);
  const { namespace } = contract.target;
  await fleet.servers(address); // refused if this user may not ask
  const names = [name, ...(method.aliases ?? [])].reverse().join(' ');
  const announced = await fleet.connection.announcements.known(address, { names, server: to });
  const running = await (client.$servers as unknown as AskServers)(name, ...args);
  const forms = new Map(running.map(({ server, takes }) => [server, takes ?? undefined]));
  const needs: Version = { major, minor };
  const prefix = to === undefined ? subjects.anyPrefix(address) : subjects.serverPrefix(address, to);
  const wanted = { namespace, needs, delivery: to === undefined ? ('any' as const) : ('to' as const), name };
  const byName = announced.filter(({ server }) => to === undefined || server === to);
  return {
    label,
    topic: `${address.exchange}/${address.topic}`,
    namespace,
    needs: formatVersion(needs),
    because: formatNeed(contract, definition, args),
    subject: subjects.methodSubject(prefix, { namespace, major, method: name, minor }),
    servers: [...byName]
      .sort((a, b) => (a.server < b.server ? -1 : 1))
      .map((server) => tracedServer(server, wanted, forms.get(server.server))),
  };
}

type AskServers = (method: string, ...args: readonly unknown[]) => Promise<readonly RunningServer[]>;

interface WantedMethod {
  readonly namespace: string | null;
  readonly needs: Version;
  readonly delivery: 'any' | 'to';
  readonly name: string;
}

function tracedServer({ server, endpoints, boots }: KnownServer, wanted: WantedMethod, form: string | undefined): TracedServer {
  const { namespace, needs, delivery, name } = wanted;
  if (boots !== undefined)
    return { server, takes: 'no', why: `${boots.length} servers have this name, so its versions are unknown` };
  const listening = endpoints.filter((endpoint) => listensTo(endpoint, delivery));
  if (listening.length === 0) {
    return {
      server,
      takes: 'no',
      why: delivery === 'any' ? 'it takes only calls that name it' : 'it takes no calls that name it',
    };
  }
  const verdict = whyNotServed({ namespace, needs }, listening, { acrossMajors: true });
  const text = formatVersion(needs);
  switch (verdict.kind) {
    case 'served':
      return {
        server,
        takes: 'written',
        why: `it serves ${listening
          .filter(({ hasMethod }) => hasMethod)
          .map(servedText)
          .join(', ')}`,
      };
    case 'unknown_namespace':
      return { server, takes: 'no', why: `it serves ${namespacesText(verdict.known)}, not ${namespacesText([namespace])}` };
    case 'no_such_method':
      return { server, takes: 'no', why: `it serves ${servedText(verdict.endpoint)}, which has no method ${name}` };
    case 'unsupported_version': {
      const why = `it serves ${verdict.served.map(servedText).join(', ')}; the call needs ${text}`;
      return form === undefined ? { server, takes: 'no', why } : { server, takes: 'older', as: form, why };
    }
  }
}

function servedText({ name, version }: { readonly name?: string; readonly version: string }): string {
  return `${name} ${version}`;
}

function namespacesText(namespaces: readonly (string | null)[]): string {
  return namespaces.map((each) => (each === null ? 'the null namespace' : `namespace ${each}`)).join(' and ');
}
