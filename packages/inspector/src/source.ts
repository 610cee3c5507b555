/** The port through which the inspector reads a live fleet. */
import type {
  CallStep,
  FleetChange,
  InspectorFacts,
  JudgedCall,
  MethodLoad,
  PageCall,
  PassingCalls,
  ShownCallers,
  ShownContract,
  ShownMatrix,
  ShownServer,
} from './messages';

/** A live fleet, as the inspector reads it. Methods that ask the fleet reject with an error whose message the page shows. */
export interface InspectorSource {
  facts(): Pick<InspectorFacts, 'broker' | 'notes'>;
  /** Every server that is known now. */
  servers(): readonly ShownServer[];
  /** Calls back with changes, gathered over a moment. Returns a function that ends it. */
  onChange(listener: (change: FleetChange) => void): () => void;
  contract(endpoint: string): Promise<ShownContract>;
  methods(endpoint: string): Promise<readonly MethodLoad[]>;
  callers(endpoint: string): Promise<ShownCallers>;
  matrix(endpoint: string): Promise<ShownMatrix>;
  /** Checks the arguments of a call, and computes the version that it needs. Sends nothing to the method. */
  judge(call: PageCall): Promise<JudgedCall>;
  /** Sends a call. Absent if calls are not allowed. */
  readonly call?: (call: PageCall, signal: AbortSignal) => AsyncIterable<CallStep>;
  /** Tells each call of an interface that has ended. Returns a function that ends it. Absent if calls cannot be observed. */
  readonly watch?: (endpoint: string, told: PassingCalls) => () => void;
}
