/** The inspector of live fleets. */

export type {
  PageCall,
  CallStep,
  ContractChange,
  FleetChange,
  JudgedCall,
  Load,
  MethodLoad,
  MethodTexts,
  PassingCall,
  PassingCalls,
  ShownCallers,
  ShownContract,
  ShownMatrix,
  ShownServer,
  ShownVerdict,
} from './messages';
export type { InspectorSource } from './source';
export { type RunningInspector, startInspector } from './start-inspector';
