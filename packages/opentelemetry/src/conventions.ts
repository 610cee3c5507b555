/** The names that OpenTelemetry's semantic conventions of RPC (1.45) and Concord give to attributes, events and metrics. */

/** `rpc.system.name`, and the name of a span whose method is not known. */
export const SYSTEM = 'concord';

/** `rpc.method` where the server serves no such method. */
export const OTHER_METHOD = '_OTHER';

/** Attributes. Those that begin with `concord` are Concord's own. */
export const ATTRIBUTES = {
  system: 'rpc.system.name',
  method: 'rpc.method',
  methodOriginal: 'rpc.method_original',
  statusCode: 'rpc.status_code',
  errorType: 'error.type',
  serverAddress: 'server.address',
  mode: 'concord.mode',
  server: 'concord.server',
  contractVersion: 'concord.contract_version',
  needs: 'concord.needs',
  caller: 'concord.caller',
  callerVersion: 'concord.caller_version',
  executed: 'concord.executed',
  attempts: 'concord.attempts',
  attempt: 'concord.attempt',
  olderForm: 'concord.older_form',
  items: 'concord.items',
  queued: 'concord.queued_ms',
  duration: 'concord.duration_ms',
  bytesSent: 'concord.bytes_sent',
  bytesReceived: 'concord.bytes_received',
} as const;

/** The event of one message of a call. */
export const ATTEMPT_EVENT = 'concord.attempt';

/** The histograms, by side. */
export const DURATIONS = {
  client: { name: 'rpc.client.call.duration', description: 'Measures the duration of an outgoing Remote Procedure Call (RPC).' },
  server: { name: 'rpc.server.call.duration', description: 'Measures the duration of an incoming Remote Procedure Call (RPC).' },
} as const;

/** The upper bounds of the buckets of both histograms, in seconds. */
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The two ends of a call. */
export type CallSide = keyof typeof DURATIONS;
