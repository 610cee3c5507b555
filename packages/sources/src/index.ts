/** What only the TypeScript sources of a contract tell. */
export type { ContractSource, Place } from './class-source';
export { type Disagreement, disagreementsOf } from './disagreements';
export { type Edit, patchOf } from './edit';
export { UnreadableSources } from './open-programs';
export { type ExportedClass, readSources, type SourceOptions } from './read-sources';
export { locateInSources, positionOf, type SourcePosition, textsOf } from './source-places';
export { type Suggestion, suggestionsFor } from './suggestions';
export { type ContractSources, wordsOf } from './words-of';
