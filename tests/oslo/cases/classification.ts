/** Which observed cases Concord differs on, and for which reason. A case that no row takes must match. */
import type { ErrorCode } from 'concord-rpc';
import { type BackoffCase, CASES, type CapCase, raised, type Sections, type VersionCase } from './cases';
import type { Reason } from './differences';
import { DIFFERING } from './differing-cases';
import { anyIs } from './version-form';

/** A reason and the cases it holds for. */
type Rule<Case> = readonly [Reason, (observed: Case) => boolean];

/** The first rule that holds decides. */
const VERSION_RULES: readonly Rule<VersionCase>[] = [
  ['malformed-version', ({ imp, req, expect }) => raised(expect) && anyIs('malformed', imp, req)],
  ['lenient-parsing', ({ imp, req }) => anyIs('malformed', imp, req)],
  ['revision', ({ imp, req }) => anyIs('revision', imp, req)],
  ['integer-range', ({ imp, req }) => anyIs('too large', imp, req)],
  ['no-version', ({ imp, req }) => imp !== null && req === null],
];

/** The first rule that holds decides. */
const CAP_RULES: readonly Rule<CapCase>[] = [
  ['malformed-version', (each) => raised(each.expect.call ?? each.expect) && anyIs('malformed', ...versionsOf(each))],
  ['malformed-version', ({ expect }) => expect.effective === undefined],
  ['lenient-parsing', (each) => anyIs('malformed', ...versionsOf(each))],
  ['revision', (each) => anyIs('revision', ...versionsOf(each))],
  ['no-version', ({ expect }) => expect.effective?.version === null],
  ['can-send-by-call', ({ can_send_arg }) => can_send_arg !== undefined],
];

/** The time-outs match in all cases. */
const BACKOFF_RULES: readonly Rule<BackoffCase>[] = [
  ['sleep', ({ expect }) => expect.some((step) => step.jitter_uniform_bounds !== null)],
];

/** Concord's answer where it differs: the steps at which a message is refused or served. */
export interface Answer {
  /** The contract of whoever would send such a message is refused. */
  readonly caller?: ErrorCode;
  /** The endpoints are refused when they are registered or the server starts. */
  readonly server?: ErrorCode;
  /** The message is refused, or served. */
  readonly message?: ErrorCode | 'served';
}

interface DifferingCase extends Answer {
  readonly reason: Reason;
}

const ENDPOINT_CASES: Readonly<Record<string, DifferingCase>> = {
  ec008: { reason: 'revision', caller: 'invalid_version', message: 'protocol_error' },
  ec012: { reason: 'malformed-version', caller: 'invalid_version', server: 'invalid_version' },
  ec013: { reason: 'empty-text', server: 'invalid_version' },
  ec015: { reason: 'empty-text', server: 'invalid_version' },
  ec017: { reason: 'empty-text', caller: 'invalid_version', server: 'invalid_version' },
  ec021: { reason: 'malformed-version', caller: 'invalid_version', message: 'invalid_target' },
  ec038: { reason: 'no-version', message: 'protocol_error' },
  ec046: { reason: 'revision', server: 'invalid_version' },
  ec047: { reason: 'revision', server: 'invalid_version' },
  ec049: { reason: 'revision', server: 'invalid_version' },
};

const DISPATCHER_CASES: Readonly<Record<string, DifferingCase>> = {
  d001: { reason: 'nothing-to-serve', server: 'invalid_contract' },
  d008: { reason: 'unknown-namespace', message: 'unknown_namespace' },
  d012: { reason: 'unknown-namespace', message: 'unknown_namespace' },
  d018: { reason: 'no-version', message: 'protocol_error' },
  d025: { reason: 'revision', caller: 'invalid_version', message: 'protocol_error' },
  d029: { reason: 'malformed-version', caller: 'invalid_version', message: 'protocol_error' },
  d031: { reason: 'malformed-version', caller: 'invalid_version', message: 'protocol_error' },
  d032: { reason: 'malformed-version', caller: 'invalid_version', message: 'served' }, // a subject is text: `1.5` came as one
  d036: { reason: 'empty-text', server: 'invalid_version' },
  d037: { reason: 'empty-text', server: 'invalid_version' },
  d043: { reason: 'revision', server: 'invalid_version' },
  d049: { reason: 'malformed-version', server: 'invalid_version' },
  d057: { reason: 'empty-text', server: 'invalid_target' },
  d061: { reason: 'unknown-namespace', message: 'unknown_namespace' },
  d070: { reason: 'unknown-namespace', caller: 'invalid_target', message: 'unknown_namespace' },
  d077: { reason: 'unrelated-endpoint', message: 'unsupported_version' },
  d093: { reason: 'empty-text', caller: 'invalid_target', message: 'invalid_target' },
  d105: { reason: 'attribute', message: 'no_such_method' },
  d107: { reason: 'static-method', server: 'invalid_contract' },
  d110: { reason: 'target-attribute', server: 'invalid_target' },
  d111: { reason: 'target-attribute', server: 'invalid_target' },
  d133: { reason: 'attribute', message: 'no_such_method' },
  d139: { reason: 'legacy-policy', message: 'no_such_method' },
  d140: { reason: 'attribute', message: 'no_such_method' },
  d141: { reason: 'legacy-policy', message: 'no_such_method' },
  d155: { reason: 'ping', message: 'no_such_method' },
  d158: { reason: 'ping', message: 'no_such_method' },
  d160: { reason: 'ping', message: 'unsupported_version' },
};

/** A section in two: the cases that must match, and those that differ, each with its reason. */
export interface Split<Case> {
  readonly matching: readonly Case[];
  readonly differing: readonly { readonly observed: Case; readonly reason: Reason; readonly answer: Answer }[];
}

type CaseOf<Name extends keyof Sections> = Sections[Name][number];

/** Every section, split. */
export const SPLIT: { readonly [Name in keyof Sections]: Split<CaseOf<Name>> } = {
  version_compat: split(CASES.version_compat, (each) => byRules(VERSION_RULES, each)),
  endpoint_compat: split(CASES.endpoint_compat, ({ id }) => ENDPOINT_CASES[id]),
  version_cap: split(CASES.version_cap, (each) => byRules(CAP_RULES, each)),
  dispatcher: split(CASES.dispatcher, ({ id }) => DISPATCHER_CASES[id]),
  prepare: split(CASES.prepare, byId),
  legality: split(CASES.legality, byId),
  delivery: split(CASES.delivery, byId),
  call_monitor: split(CASES.call_monitor, byId),
  lifecycle: split(CASES.lifecycle, byId),
  neutron_backoff: split(CASES.neutron_backoff, (each) => byRules(BACKOFF_RULES, each)),
};

/** Ids that the tables above name. */
export const NAMED_IDS = [...Object.keys(ENDPOINT_CASES), ...Object.keys(DISPATCHER_CASES), ...Object.keys(DIFFERING)];

function split<Case>(cases: readonly Case[], differs: (observed: Case) => DifferingCase | undefined): Split<Case> {
  return {
    matching: cases.filter((observed) => differs(observed) === undefined),
    differing: cases.flatMap((observed) => {
      const found = differs(observed);
      if (found === undefined) return [];
      const { reason, ...answer } = found;
      return [{ observed, reason, answer }];
    }),
  };
}

function byId({ id }: { readonly id: string }): DifferingCase | undefined {
  const reason = DIFFERING[id];
  return reason && { reason };
}

function byRules<Case>(rules: readonly Rule<Case>[], observed: Case): DifferingCase | undefined {
  const rule = rules.find(([, holds]) => holds(observed));
  return rule && { reason: rule[0] };
}

/** The final versions of a client in a cap case. Only these are compared with the cap. */
function versionsOf({ expect }: CapCase): readonly unknown[] {
  return [expect.effective?.version ?? null, expect.effective?.version_cap ?? null];
}
