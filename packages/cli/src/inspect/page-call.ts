/** Calls that the page asks for: judged while the user types, and sent. */
import type { CallOptions } from '@concord-rpc/client';
import { RpcError } from '@concord-rpc/core';
import { compileNeeds, formatNeed, formatVersion, parseVersion } from '@concord-rpc/core/engine';
import type { CallStep, JudgedCall, PageCall } from '@concord-rpc/inspector';
import {
  CALLER,
  type CompiledMethod,
  compileMethod,
  type DynamicClient,
  dynamicClient,
  fitArguments,
} from '../calls/method-call';
import type { LiveContract } from '../live/live-contract';
import type { Fleet } from '../live/with-fleet';
import { carried } from '../plain/plain-json';

/** Most names of servers that a judgement has. */
const MOST_SERVERS = 50;
/** Most interfaces whose compiled methods are stored. */
const MOST_INTERFACES = 64;

/** A method that was called before, or whose call was judged. */
interface PageMethod {
  readonly compiled: CompiledMethod;
  client?: DynamicClient;
}

/** The methods that the page calls, compiled once for each contract. */
export class PageCalls {
  private readonly known = new Map<LiveContract['document'], Map<string, PageMethod>>();

  constructor(private readonly fleet: Fleet) {}

  /** Checks a call against the contract, and computes the version that it needs. */
  judge(live: LiveContract, { method, args }: PageCall): JudgedCall {
    const { compiled } = this.methodOf(live, method);
    const unknown = unknownArguments(compiled, args);
    if (unknown.length > 0) return { servers: [], problems: unknown };
    const fitted = fitArguments(compiled, args);
    if (fitted.violations.length > 0) return { servers: [], problems: fitted.violations };
    const { contract, name } = compiled;
    const definition = contract.methods.get(name)!;
    const minor = compileNeeds(definition, contract.dtos).least(fitted.args);
    const servers = live.services.filter(({ version }) => parseVersion(version).minor >= minor).map(({ server }) => server);
    return {
      needs: formatVersion({ major: contract.version.major, minor }),
      because: formatNeed(contract, definition, fitted.args),
      servers: servers.sort().slice(0, MOST_SERVERS),
      problems: [],
    };
  }

  /** Sends a call, and gives its items and its end. A failure is the last step; arguments that do not fit are not sent. */
  async *send(live: LiveContract, { method: wanted, args, to, timeout }: PageCall, signal: AbortSignal): AsyncIterable<CallStep> {
    const known = this.methodOf(live, wanted);
    const { compiled } = known;
    const { label, name, method, recorded } = compiled;
    const problems = [...unknownArguments(compiled, args)];
    const fitted = problems.length > 0 ? { args: [], violations: problems } : fitArguments(compiled, args);
    if (fitted.violations.length > 0) {
      const message = `${label}: ${fitted.violations.map(({ path, message }) => `${path} ${message}`).join('; ')}`;
      yield { kind: 'error', code: 'invalid_argument', message, executed: 'no', data: fitted };
      return;
    }
    known.client ??= dynamicClient(this.fleet, recorded, { context: { caller: CALLER } });
    const options: CallOptions = { signal, timeout };
    const client = known.client.$with(options);
    const started = performance.now();
    try {
      if (method.mode === 'stream') {
        for await (const value of (to === undefined ? client : client.$to(to))[name]!(...fitted.args)) {
          yield { kind: 'item', value: carried(value) };
        }
        yield { kind: 'result', milliseconds: performance.now() - started };
        return;
      }
      const value = await sent(client, { compiled, args: fitted.args, to });
      yield { kind: 'result', value: carried(value), milliseconds: performance.now() - started };
    } catch (thrown) {
      const { code, message, executed, data } = RpcError.from(thrown);
      yield { kind: 'error', code, message, executed, data: carried(data) };
    }
  }

  private methodOf(live: LiveContract, wanted: string): PageMethod {
    let methods = this.known.get(live.document);
    if (methods === undefined) {
      this.known.set(live.document, (methods = new Map()));
      if (this.known.size > MOST_INTERFACES) this.known.delete(this.known.keys().next().value!);
    }
    let known = methods.get(wanted);
    if (known === undefined) methods.set(wanted, (known = { compiled: compileMethod(live, wanted) }));
    return known;
  }
}

interface SentCall {
  readonly compiled: CompiledMethod;
  readonly args: readonly unknown[];
  readonly to: string | undefined;
}

function sent(client: DynamicClient, { compiled: { name, method }, args, to }: SentCall): Promise<unknown> {
  if (method.mode === 'fanout') return client.$fanout[name]!(...args);
  const named = to === undefined ? client : client.$to(to);
  return method.mode === 'cast' ? named.$cast[name]!(...args) : named[name]!(...args);
}

function unknownArguments({ method: { args: declared = [] } }: CompiledMethod, args: PageCall['args']): JudgedCall['problems'] {
  const unknown = Object.keys(args).filter((name) => !declared.some((each) => each.name === name));
  return unknown.map((path) => ({ path, message: 'is not an argument of this method' }));
}
