/** What only the TypeScript sources of a contract tell. */
export type { ContractSource, Place } from './reading/class-source';
export { type Disagreement, disagreementsOf } from './suggesting/disagreements';
export { type Edit, patchOf } from './suggesting/edit';
export { UnreadableSources } from './syntax/open-programs';
export { type ExportedClass, readSources, type SourceOptions } from './reading/read-sources';
export { locateInSources, positionOf, type SourcePosition, textsOf } from './reading/source-places';
export { type Suggestion, suggestionsFor } from './suggesting/suggestions';
export { type ContractSources, wordsOf } from './reading/source-docs';
