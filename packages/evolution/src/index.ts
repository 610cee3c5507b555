/** Contracts as files: read, written, compared by named rules, projected to released versions, held to a live fleet. */

// contract files
export { type DocumentForm, parseDocument, parseSnapshot, type Problem, UnreadableFile } from './document/parse-snapshot';
export { CONTRACT_SCHEMA } from './document/contract-schema';
export { joinContracts } from './document/join-contracts';
export { partOf } from './document/part-of';
export {
  addSourceDocs,
  type ArgumentDocs,
  type MethodDocs,
  type SourceDocs,
  type TypeDocs,
  sourceDocsIn,
} from './source/source-docs';
export { type ChangeMark, changeMarks, limitsOf } from './document/change-marks';
export { writeSnapshot } from './document/write-snapshot';
export { normalForm } from './document/normal-form';
export { locateIn, type Position } from './source/source-text';
export { canonicalJson } from './document/canonical-json';

export { nextMinor } from './document/versions';

// what rules find
export { diff } from './check/diff';
export { lint } from './check/lint';
export { checkFreshness } from './check/freshness';
export { checkReleases, recordRelease } from './check/releases';
export {
  type Approval,
  approve,
  judge,
  type JudgedFinding,
  type Judgement,
  parseApprovals,
  writeApprovals,
} from './check/approvals';
export type { Finding } from './findings/finding';
export { type Findings, joinFindings } from './findings/findings';
export { isAtLeast } from './findings/finding';
export type { LookedAt } from './findings/coverage';
export { PROFILES, type Profile, type SeveritySettings } from './findings/severity-settings';

// the catalogue
export { ruleOf, RULES, type Scope, scopeOf } from './rules/catalogue';
export type { AnyRule, Bump, Category, Hurts, Rule, Severity } from './rules/rule';

// versions
export { acceptsOf, type Accepts } from './projection/accepts';
export { asOf, type Projection, releaseHash } from './projection/as-of';
export { contractAt } from './projection/contract-at';
export { type Call, leastVersion, type Need } from './projection/least-version';
export { recordHistory } from './projection/record-history';
export { withHistory } from './projection/with-history';

// fleets
export {
  type Answer,
  canDeploy,
  type ClientVerdict,
  type DeployQuestion,
  type DeployVerdict,
  type FleetClient,
  type Seen,
  type Use,
  type UseVerdict,
} from './fleet/can-deploy';
export { type AskedServer, type ObservedFleet, observedClients } from './fleet/observed-clients';
export { type Cell, contractsAt, type Matrix, matrix, type MatrixQuestion, type MatrixRow } from './fleet/matrix';
export { createPairJudge, type Outcome, type PairJudge, type Pairing, type Passing, type Verdict } from './fleet/pair-verdict';
export { groupVerdict, type Member, type Subjects } from './fleet/group-verdict';

// classes of recorded contracts, and values that their types take
export { type RecordedContract, recordedContract } from './recorded/recorded-contract';
export { type Sample, createSampler, type Sampler } from './recorded/sample-values';

// clients
export { type ClientQuestion, clientSource } from './generate/client-source';

// reports
export { type Format, FORMATS } from './report/formats';
export { FINDINGS_SCHEMA } from './report/findings-schema';
export { explainRule, listRules } from './report/explain-rule';
export { hasFailed, type Location, type Report, type Summary, summaryOf } from './report/report';
export { argumentText, fragmentText, methodText, typeText } from './report/type-text';
