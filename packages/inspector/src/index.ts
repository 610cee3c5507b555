/** The inspector of live fleets. */

export type {
  AskedCall,
  CallStep,
  ContractChange,
  FleetChange,
  Health,
  InspectorFacts,
  JudgedCall,
  Load,
  MethodLoad,
  MethodTexts,
  SeenCall,
  ShownCaller,
  ShownCallers,
  ShownContract,
  ShownEndpoint,
  ShownMatrix,
  ShownServer,
  ShownVerdict,
} from './messages';
export type { InspectorSource } from './source';
export { type InspectorOptions, type RunningInspector, startInspector } from './start-inspector';
