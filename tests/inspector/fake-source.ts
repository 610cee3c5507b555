/** A source of the inspector for tests: its fleet, its answers and its calls are given. */
import type { CallStep, FleetChange, InspectorSource, PageCall, PassingCalls, ShownServer } from '@concord-rpc/inspector';

/** A server with one interface. */
export function shownServer(server: string, version = '1.0', more: Partial<ShownServer> = {}): ShownServer {
  return { topic: 'upgrade/ports', server, labels: {}, endpoints: [{ endpoint: 'Ports@1', version }], health: 'up', ...more };
}

/** A source whose servers can be changed. */
export class FakeSource implements InspectorSource {
  readonly asked: PageCall[] = [];
  readonly listeners = new Set<(change: FleetChange) => void>();
  known: readonly ShownServer[] = [shownServer('ports-1')];
  steps: readonly CallStep[] = [{ kind: 'result', value: 'done', milliseconds: 1 }];
  readonly call?: InspectorSource['call'];

  constructor({ canCall = true }: { readonly canCall?: boolean } = {}) {
    if (!canCall) return;
    this.call = async function* (this: FakeSource, call: PageCall) {
      this.asked.push(call);
      yield* this.steps;
    }.bind(this);
  }

  facts() {
    return { broker: 'nats://127.0.0.1:4222', notes: [] };
  }

  servers() {
    return this.known;
  }

  onChange(listener: (change: FleetChange) => void) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  watch(endpoint: string, { onCall, onNote }: PassingCalls) {
    onNote('1 call left out.');
    onCall({ at: 0, endpoint, method: 'find', outcome: 'ok' });
    return () => undefined;
  }

  async contract(endpoint: string): Promise<never> {
    throw Object.assign(new Error(`no server serves ${endpoint}`), { remedy: 'start one' });
  }

  async methods() {
    return [];
  }

  async callers() {
    return { callers: [], counted: { servers: 0, silent: 0, seconds: 0 } };
  }

  async matrix() {
    return { servers: [], rows: [], notes: [] };
  }

  async judge(call: PageCall) {
    this.asked.push(call);
    return { needs: '1.2', because: '1.2 because of filter', servers: ['ports-1'], problems: [] };
  }
}
