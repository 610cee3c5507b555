/** The names for observers: the diagnostics channels with the types of their facts, and tracers. */
export {
  type AttemptFacts,
  addTracer,
  type CallFacts,
  type ConnectionFacts,
  channels,
  type PresenceFacts,
  type RefusalFacts,
  type RequestFacts,
  type Tracer,
} from '@concord-rpc/core/engine';
