/** The methods that every server answers for Concord itself, on each of its topics: ping, describe, usage, watch, cancel and credit. */
import { type CallMode, RpcError, type Transport } from '@concord-rpc/core';
import { type MethodContract, quote, type Target } from '@concord-rpc/core/engine';
import { CANCEL, CREDIT, DESCRIBE, PING, subjects, USAGE, WATCH } from '@concord-rpc/core/wire';
import type { AnnouncedCalls } from '../load/announced-calls';
import type { HeardBy } from '../presence/heard-by';
import type { ServedTopic, ServerIdentity } from '../presence/served-topic';
import type { Splay } from '../presence/splay';
import type { Registration } from '../registration/registration';
import { Refusal } from '../request/refusal';
import { newMethodTally, type ServedMethod, type SystemHandler, type SystemQuestion } from '../request/served-method';
import type { UsageLog } from '../usage/usage-log';
import type { Watchers } from '../watched/watchers';
import type { Descriptions } from './descriptions';
import type { PagedAnswer } from './paged-answer';
import { PingAnswers } from './ping-answers';
import { UsageAnswers } from './usage-answers';

/** State of a running server that system methods read. */
export interface ServerState {
  readonly identity: ServerIdentity;
  /** Delays the answers to pings that ask for it. */
  readonly splay: Splay;
  /** Counts the peers that ping the server by its name. */
  readonly heardBy: HeardBy;
  readonly announced: AnnouncedCalls;
  readonly usage: UsageLog;
  readonly descriptions: Descriptions;
  readonly transport: Pick<Transport, 'maxPayload'>;
  readonly watchers: Watchers;
  /** True from the moment when the server takes no more calls. */
  isStopping?: boolean;
}

/** Returns the methods of the system namespace for one topic of a server. */
export function systemMethods(topic: ServedTopic, registrations: readonly Registration[], state: ServerState): ServedMethod[] {
  const { announced, usage, transport, descriptions, splay, heardBy, watchers } = state;
  const server = topic.identity.name;
  const [first] = registrations as readonly [Registration];
  const { target } = first.contract;
  const pings = new PingAnswers(topic);
  const usages = new UsageAnswers(server, registrations, usage);
  const describe = () => descriptions.of(first);
  const ping: SystemHandler = (args, question) => {
    const names = args.filter((arg) => typeof arg === 'string');
    // it is live, but the answer to "who serves this method" is that it does not
    if (state.isStopping && names.length > 0) throw new Refusal(isStopping(server));
    if (subjects.parseSubject(question!.subject)?.delivery === 'to') heardBy.note(question!.reply);
    const longest = args.find((arg) => typeof arg === 'number');
    const answer = () => pings.about(names).encoded(question!.codec);
    return longest === undefined ? answer() : splay.wait(longest).then(answer);
  };
  const watch: SystemHandler = async ([terms], question) => {
    if (subjects.parseSubject(question!.subject)?.delivery !== 'to') throw onlyByName();
    return question!.codec.encodeItem(await watchers.ask(topic.address, terms, question!));
  };
  return [
    systemMethod(target, PING, 'call', ping),
    systemMethod(
      target,
      DESCRIBE,
      'call',
      paged(describe, (hash) => (hash === describe().hash ? describe() : undefined)),
    ),
    systemMethod(
      target,
      USAGE,
      'call',
      paged(
        () => usages.present(transport.maxPayload),
        (hash) => usages.of(hash),
      ),
    ),
    systemMethod(target, WATCH, 'call', watch),
    systemMethod(target, CANCEL, 'cast', ([nonce]) => announced.cancel(nonce) as undefined),
    systemMethod(target, CREDIT, 'cast', ([nonce, items]) => announced.credit(nonce, items) as undefined),
  ];
}

/** Returns the handler of a method whose answer may have several pages. `find` returns the answer with a hash, if it is remembered. */
function paged(present: () => PagedAnswer, find: (hash: unknown) => PagedAnswer | undefined): SystemHandler {
  return ([page, hash], question) => {
    if (page === undefined) return present().begin(question as SystemQuestion);
    const answer = find(hash);
    if (answer !== undefined) return answer.page(page, question as SystemQuestion);
    throw new RpcError('invalid_argument', `this server has no answer with the hash ${quote(hash)}: ask without a page first`);
  };
}

/** One message to `all` would set all servers to work. */
function onlyByName(): RpcError {
  return new RpcError('invalid_target', `${WATCH} is asked of one server: send it to the name of the server`, { executed: 'no' });
}

function isStopping(server: string): RpcError {
  return new RpcError('server_stopped', `server ${server} is stopping and takes no more calls`, {
    executed: 'no',
    retryable: true,
  });
}

function systemMethod(on: Target, name: string, mode: CallMode, system: SystemHandler): ServedMethod {
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
    contract: { name: namespace, target: { ...on, namespace }, version: { major: 1, minor: 0 } },
    definition,
    system,
    ...(mode === 'cast' && { isControl: true }),
    label: `${namespace}.${name}`,
    check: () => [],
    tally: newMethodTally(),
    handler: () => undefined,
    implementation: undefined,
  };
}
