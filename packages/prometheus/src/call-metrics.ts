/** Metrics of calls, requests and refusals: what the diagnostics channels publish, counted as it happens. */
import { type CallFacts, channels, type RefusalFacts, type RequestFacts } from '@concord-rpc/core/engine';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Callers } from './callers';
import { codeLabel, methodLabel } from './labels';
import type { AnyRegister } from './register';

/** Upper bounds in seconds, as the conventions of OpenTelemetry for RPC state them. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const LABELS = ['rpc_system_name', 'rpc_method', 'rpc_status_code', 'concord_mode'] as const;

/** Registers the metrics and counts from now on. Returns a function that ends the counting. */
export function countCalls(register: AnyRegister): () => void {
  const registers = [register];
  const callers = new Callers();
  const durations = (side: 'client' | 'server', help: string) =>
    new Histogram({ name: `rpc_${side}_call_duration_seconds`, help, labelNames: LABELS, buckets: BUCKETS, registers });
  const clientCalls = durations('client', 'Duration of calls of clients, until their last answer.');
  const serverCalls = durations('server', 'Duration of requests at servers, from their arrival; time in the queue counts.');
  const attempts = new Counter({
    name: 'concord_client_attempts_total',
    help: 'Messages sent for calls: the first of each call, retries and older forms.',
    labelNames: ['rpc_method'] as const,
    registers,
  });
  const olderForms = new Counter({
    name: 'concord_client_older_form_total',
    help: 'Calls that were sent in an older form, because no server took them as they were written.',
    labelNames: ['rpc_method'] as const,
    registers,
  });
  const refusals = new Counter({
    name: 'concord_server_refused_total',
    help: 'Messages that servers refused before a handler ran.',
    labelNames: ['code'] as const,
    registers,
  });
  new Gauge({
    name: 'concord_callers',
    help: 'Callers of the last 15 minutes, by the version of their contract.',
    labelNames: ['contract', 'contract_version'] as const,
    registers,
    collect() {
      this.reset();
      for (const { contract, version, callers: count } of callers.counts()) {
        this.set({ contract, contract_version: version }, count);
      }
    },
  });

  const onCall = (message: unknown): void => {
    const call = message as CallFacts;
    clientCalls.observe(labelsOf(call), call.milliseconds / 1_000);
    const method = { rpc_method: methodLabel(call.contract, call.method) };
    if (call.attempts > 0) attempts.inc(method, call.attempts);
    // fanouts and `$each` send every form from the start
    if (call.isOlderForm && call.mode !== 'fanout' && call.mode !== 'each') olderForms.inc(method);
  };
  const onRequest = (message: unknown): void => {
    const request = message as RequestFacts;
    serverCalls.observe(labelsOf(request), request.milliseconds / 1_000);
    callers.add(request);
  };
  const onRefusal = (message: unknown): void => {
    refusals.inc({ code: codeLabel((message as RefusalFacts).error.code) });
  };
  const { call, request, refusal } = channels;
  const ends = [subscribed(call.asyncEnd, onCall), subscribed(request.asyncEnd, onRequest), subscribed(refusal, onRefusal)];
  return () => {
    for (const end of ends) end();
  };
}

/** A channel that functions subscribe to. */
interface Subscribable {
  subscribe(onMessage: (message: unknown) => void): void;
  unsubscribe(onMessage: (message: unknown) => void): unknown;
}

function subscribed(channel: unknown, onMessage: (message: unknown) => void): () => void {
  const own = channel as Subscribable;
  own.subscribe(onMessage);
  return () => void own.unsubscribe(onMessage);
}

function labelsOf({ contract, method, verdict, mode }: CallFacts | RequestFacts) {
  return {
    rpc_system_name: 'concord',
    rpc_method: methodLabel(contract, method),
    rpc_status_code: codeLabel(verdict),
    concord_mode: mode,
  };
}
