/** Reads from the TypeScript sources of a contract what its decorators do not record. */
export type { ContractSource, SourceRange } from './reading/class-source';
export { type SourceMismatch, sourceMismatches } from './suggesting/source-mismatches';
export { type Edit, patchOf } from './suggesting/edit';
export { UnreadableSources } from './syntax/open-programs';
export { type ExportedClass, readSources, type SourceOptions } from './reading/read-sources';
export { locateInSources, positionOf, type SourcePosition, textsOf } from './reading/source-positions';
export { type Suggestion, suggestionsFor } from './suggesting/suggestions';
export { type ContractSources, sourceDocsOf } from './reading/source-docs';
