/** Contracts as files: read, written, compared by named rules, projected to released versions, checked against a live fleet. */

// contract files
export { parseDocument, parseSnapshot, UnreadableFile } from './files/parse-snapshot';
export type { DocumentForm } from './files/schema-problems';
export { CONTRACT_SCHEMA } from './files/contract-schema';
export { joinContracts } from './files/join-contracts';
export { partOf } from './files/part-of';
export { writeSnapshot } from './files/write-snapshot';
export { canonicalJson } from './document/canonical-json';
export { normalForm } from './document/normal-form';
export { isOptional } from './document/optional-argument';
export { resolve } from './document/type-reference';
export { nextMinor } from './document/versions';

// texts and positions of sources
export {
  addSourceDocs,
  type ArgumentDocs,
  type MethodDocs,
  type SourceDocs,
  sourceDocsIn,
  type TypeDocs,
} from './source/source-docs';
export { locateIn, type Position } from './source/source-text';

// checks and their findings
export { diff } from './check/diff';
export { lint } from './check/lint';
export { checkFreshness } from './check/freshness';
export { checkReleases, recordRelease } from './check/releases';
export { type Approval, approve, judge, type Judgement, parseApprovals, writeApprovals } from './check/approvals';
export { type Finding, isAtLeast } from './findings/finding';
export { type CheckResult, joinFindings } from './findings/check-result';
export { PROFILES, type Profile, type SeveritySettings } from './findings/severity-settings';

// the catalogue
export { ruleOf, RULES, scopeOf } from './catalogue/catalogue';

// versions
export { type Accepts, acceptsOf } from './projection/accepts';
export { asOf, releaseHash } from './projection/as-of';
export { contractAt } from './projection/contract-at';
export { leastVersion } from './projection/least-version';
export { recordHistory } from './projection/record-history';
export { withHistory } from './projection/with-history';

// fleets
export { canDeploy, type ClientVerdict, type DeployVerdict, type UseVerdict } from './fleet/can-deploy';
export type { FleetClient, Use } from './fleet/fleet-client';
export { type AskedServer, observedClients } from './fleet/observed-clients';
export { type Cell, contractsAt, type Matrix, matrix, type MatrixQuestion, type MatrixRow } from './fleet/matrix';
export { createPairJudge, type Outcome, type PairJudge, type Verdict } from './fleet/pair-verdict';

// classes of recorded contracts, and sample values of their types
export { type RecordedContract, recordedContract } from './recorded/recorded-contract';
export { createSampler, type Sampler } from './recorded/sample-values';

// clients, and documents for others
export { clientSource } from './generate/client-source';
export { asyncApiDocument } from './publication/asyncapi';
export { docsSource } from './publication/docs-source';

// reports
export { type Format, FORMATS } from './report/formats';
export { FINDINGS_SCHEMA } from './report/findings-schema';
export { explainRule, listRules } from './report/explain-rule';
export { hasFailed, type Location, type Report, summaryOf } from './report/report';
export { argumentText, fragmentText, methodText, typeText } from './report/type-text';
