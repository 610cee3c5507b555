/** One request that is observed: its facts, gathered while it is served. Other requests do not run this file. */
import { RpcError } from '@concord-rpc/core';
import {
  aroundRequest,
  channels,
  formatVersion,
  ObservedOperation,
  type RequestFacts,
  RUNNING,
  runInScope,
} from '@concord-rpc/core/engine';
import { subjects, type WireError } from '@concord-rpc/core/wire';
import type { IncomingRequest, RequestObserver } from '../request/incoming-request';

/** Is shown the requests of one server. */
export interface RequestWatchers {
  /** Shows the begin of a request. Returns a function that shows its end; `undefined` if no observer is shown the request. */
  see(request: IncomingRequest, facts: RequestFacts): (() => void) | undefined;
}

/** Publishes the arrival of a request when it is made, and its end when the server is done with it. */
export class ObservedRequest implements RequestObserver {
  private readonly observation: ObservedOperation<RequestFacts>;
  private readonly seeEnd: (() => void) | undefined;

  constructor(request: IncomingRequest, watchers: RequestWatchers) {
    const { method } = request;
    const { asked, needs } = method === undefined ? readSubject(request.subject) : readOnce(request.subject);
    this.observation = new ObservedOperation<RequestFacts>(channels.request, {
      side: 'server',
      server: request.server,
      contract: method?.contract.name,
      method: method?.definition.name,
      asked,
      mode: request.mode,
      target: method?.contract.target,
      contractVersion: method && formatVersion(method.contract.version),
      needs,
      callerVersion: request.callerVersion,
      caller: request.values.caller as string | undefined,
      trace: request.envelope.trace,
      bytesReceived: request.asked,
      bytesSent: 0,
      queued: undefined,
      thrown: undefined,
      ...RUNNING,
    });
    this.seeEnd = watchers.see(request, this.observation.facts);
  }

  /** The handler starts: runs it, with its interceptors, within the tracers. */
  run(request: IncomingRequest, call: (args: unknown[], request: IncomingRequest) => unknown): unknown {
    const { facts, age } = this.observation;
    facts.queued = age;
    return this.around(() => runInScope(request, call, request.args!));
  }

  /** Runs code within the tracers. */
  around<Result>(run: () => Result): Result {
    return aroundRequest(this.observation.facts, run);
  }

  sent(bytes: number): void {
    this.observation.facts.bytesSent += bytes;
  }

  /** The handler threw. */
  threw(thrown: unknown): void {
    this.observation.facts.thrown ??= thrown;
  }

  /** It ends with an error that the method declares or expects. */
  answered(error: WireError): void {
    const { observation } = this;
    observation.decide(error.code === 'declared' ? 'declared' : 'expected', error.executed, RpcError.fromWire(error));
  }

  failed(error: RpcError): void {
    this.observation.decideError(error);
  }

  end(): void {
    this.observation.end();
    this.seeEnd?.();
  }
}

/** The method and the version that a subject names. */
type AskedMethod = Pick<RequestFacts, 'asked' | 'needs'>;

/** The subjects of served methods that were read: as many as a server has methods and minors, and a bound for many servers. */
const known = new Map<string, AskedMethod>();
const MOST_KNOWN = 10_000;

function readOnce(subject: string): AskedMethod {
  let read = known.get(subject);
  if (read !== undefined) return read;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(subject, (read = readSubject(subject)));
  return read;
}

function readSubject(subject: string): AskedMethod {
  const parsed = subjects.parseSubject(subject);
  if (parsed === undefined) return { asked: subject, needs: undefined };
  const { namespace, method, major, minor } = parsed;
  return { asked: `${namespace ?? '_'}.${method}`, needs: `${major}.${minor}` };
}
