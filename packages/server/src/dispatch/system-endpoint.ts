/** The methods that every server answers for Concord itself, on each of its topics: ping, describe, usage, cancel and credit. */

import { type CallMode, RpcError } from '@concord-rpc/core';
import { contractDocument, currentScope, type MethodContract, type Target } from '@concord-rpc/core/engine';
import { CANCEL, CREDIT, DESCRIBE, PING, type ServerDescription, subjects, USAGE } from '@concord-rpc/core/wire';
import type { AnnouncedCalls } from '../load/announced-calls';
import type { HeardBy } from '../presence/heard-by';
import type { ServedTopic, ServerIdentity } from '../presence/served-topic';
import type { Splay } from '../presence/splay';
import type { Registration } from '../registration/registration';
import { IncomingRequest } from '../request/incoming-request';
import { Refusal } from '../request/refusal';
import type { ServedMethod } from '../request/served-method';
import type { UsageLog } from '../usage/usage-log';

/** State of a running server that system methods read. */
export interface ServerState {
  readonly identity?: ServerIdentity;
  readonly splay?: Splay;
  /** Counts the peers that ping the server by its name. */
  readonly heardBy?: HeardBy;
  readonly announced?: AnnouncedCalls;
  readonly usage?: UsageLog;
  /** True from the moment when the server takes no more calls. */
  isStopping?: boolean;
}

/** Returns the methods of the system namespace for one topic of a server. */
export function systemMethods(
  server: string,
  topic: ServedTopic,
  registrations: readonly Registration[],
  state: ServerState,
): ServedMethod[] {
  const { announced, usage } = state;
  const ping = (...args: unknown[]) => {
    const names = args.filter((arg) => typeof arg === 'string');
    // it is live, but the answer to "who serves this method" is that it does not
    if (state.isStopping && names.length > 0) throw new Refusal(isStopping(server));
    noteSender(state.heardBy);
    const splay = args.find((arg) => typeof arg === 'number');
    if (splay === undefined || state.splay === undefined) return topic.announcement(names);
    return state.splay.wait(splay).then(() => topic.announcement(names));
  };
  const contracts = registrations.map(({ contract }) => contract);
  const { target } = contracts[0]!;
  let description: ServerDescription | undefined; // a contract does not change
  return [
    systemMethod(target, PING, 'call', ping),
    systemMethod(target, DESCRIBE, 'call', () => (description ??= { server, contract: contractDocument(contracts) })),
    systemMethod(target, USAGE, 'call', () => usage?.report(server, registrations)),
    systemMethod(target, CANCEL, 'cast', (nonce) => announced?.cancel(nonce)),
    systemMethod(target, CREDIT, 'cast', (nonce, items) => announced?.credit(nonce, items)),
  ];
}

/** Counts the sender of the ping that is being served, if it was sent to this server alone. */
function noteSender(heardBy: HeardBy | undefined): void {
  const request = currentScope();
  if (heardBy === undefined || !(request instanceof IncomingRequest) || request.reply === undefined) return;
  if (subjects.parseSubject(request.subject)?.delivery === 'to') heardBy.note(request.reply);
}

function isStopping(server: string): RpcError {
  return new RpcError('server_stopped', `server ${server} is stopping and takes no more calls`, {
    executed: 'no',
    retryable: true,
  });
}

function systemMethod(on: Target, name: string, mode: CallMode, handler: ServedMethod['handler']): ServedMethod {
  const definition: MethodContract = {
    name,
    since: 0,
    mode,
    returns: undefined,
    errors: [],
    expected: [],
    idempotent: true,
    idempotencyWindow: undefined,
    timeout: undefined,
    description: undefined,
    args: [],
    required: 0,
  };
  const namespace = subjects.SYSTEM_NAMESPACE;
  return {
    contract: { name: namespace, target: { ...on, namespace } },
    definition,
    isSystem: true,
    ...(mode === 'cast' && { isControl: true }),
    label: `${namespace}.${name}`,
    check: (args) => (Array.isArray(args) ? [...args] : []),
    handler,
    implementation: undefined,
  };
}
