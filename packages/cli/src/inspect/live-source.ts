/** A live fleet as the source of the inspector: its feed, its counts, its contracts, and calls. */
import type { InspectorSource } from '@concord-rpc/inspector';
import { readEndpointName } from '../inputs/method-name';
import { type LiveContract, liveContract } from '../live/live-contract';
import type { Fleet, LiveOptions } from '../live/with-fleet';
import { hideCredentials } from '../plain/credentials';
import { FleetFeed } from './fleet-feed';
import { PageCalls } from './page-call';
import { watchInterface } from './passing-calls';
import { CountsOfServices } from './service-counts';
import { shownContract } from './shown-contract';
import { shownCallers, shownMatrix } from './shown-usage';

/** The options of a source. */
export interface LiveSourceOptions extends Pick<LiveOptions, 'topic'> {
  readonly readOnly?: boolean;
}

/** Milliseconds for which a contract is used without asking for it again. */
const FRESH = 10_000;
/** Most contracts that are stored. */
const MOST = 64;

/** A source, and the function that ends its timers and subscriptions. */
export interface LiveSource {
  readonly source: InspectorSource;
  end(): void;
}

/** Makes the source of a fleet. Servers appear as they answer. */
export function liveSource(fleet: Fleet, { topic, readOnly = false }: LiveSourceOptions): LiveSource {
  const counts = new CountsOfServices();
  const feed = new FleetFeed(fleet, counts);
  const calls = new PageCalls(fleet);
  const contracts = new Map<string, { readonly at: number; readonly live: Promise<LiveContract> }>();

  const contractOf = (endpoint: string): Promise<LiveContract> => {
    const known = contracts.get(endpoint);
    if (known !== undefined && performance.now() - known.at < FRESH) return known.live;
    const live = liveContract(fleet, readEndpointName(endpoint)).then(async (next) => {
      const before = await known?.live.catch(() => undefined);
      // the same document keeps its compiled methods
      const isSame = before !== undefined && JSON.stringify(before.document) === JSON.stringify(next.document);
      return isSame ? { ...next, document: before.document } : next;
    });
    contracts.delete(endpoint);
    contracts.set(endpoint, { at: performance.now(), live });
    if (contracts.size > MOST) contracts.delete(contracts.keys().next().value!);
    live.catch(() => contracts.delete(endpoint));
    return live;
  };

  void feed.begin(topic);
  const source: InspectorSource = {
    facts: () => ({ broker: fleet.broker, notes: feed.notes.map(hideCredentials) }),
    servers: () => feed.servers(),
    onChange: (listener) => feed.onChange(listener),
    contract: async (endpoint) => shownContract(await contractOf(endpoint)),
    methods: async (endpoint) => counts.of(endpoint),
    callers: async (endpoint) => shownCallers(fleet, await contractOf(endpoint)),
    matrix: async (endpoint) => shownMatrix(fleet, await contractOf(endpoint)),
    watch: (endpoint, told) => watchInterface(fleet, endpoint, told),
    judge: async (call) => calls.judge(await contractOf(call.endpoint), call),
    ...(!readOnly && {
      call: async function* (call, signal) {
        yield* calls.send(await contractOf(call.endpoint), call, signal);
      },
    }),
  };
  return { source, end: () => feed.end() };
}
