/** Reads from the TypeScript sources of a contract what its decorators do not record. */
export type { ContractSource } from './reading/class-source';
export { sourceMismatches } from './suggesting/source-mismatches';
export { type Edit, patchOf } from './suggesting/edit';
export { UnreadableSources } from './syntax/open-programs';
export { readSources } from './reading/read-sources';
export { locateInSources, positionOf, textsOf } from './reading/source-positions';
export { suggestionsFor } from './suggesting/suggestions';
export { type ContractSources, sourceDocsOf } from './reading/source-docs';
