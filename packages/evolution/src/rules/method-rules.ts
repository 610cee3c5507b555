/** Rules of methods: added, removed, renamed; mode, idempotency and timeout. */
import type { MethodDocument } from '@concord-rpc/core/engine';
import { isAdded, isRemoved, rulesOn } from './rule';

type Mode = MethodDocument['mode'];

/** The modes that any mode includes. A stream is not one of them: its callers read items. */
const ONE_MODE: ReadonlySet<Mode> = new Set<Mode>(['call', 'cast', 'fanout']);

function isNarrowed(before: Mode, after: Mode): boolean {
  return before === 'any' && ONE_MODE.has(after);
}

function isWidened(before: Mode, after: Mode): boolean {
  return isNarrowed(after, before);
}

/** The rules of methods. */
export const METHOD_RULES = [
  ...rulesOn('method', [
    {
      id: 'METHOD_REMOVED',
      purpose: 'A method was removed inside a major.',
      severity: { wire: 'error', source: 'error' },
      hurts: 'old clients',
      bump: 'major',
      example: 'get, old → get',
      harm: 'calls of `{name}` are refused',
      fix: 'keep the method and deprecate it, or make {next}',
      check: isRemoved,
    },
    {
      id: 'METHOD_ADDED',
      purpose: 'A method was added.',
      severity: { wire: 'info' },
      hurts: 'new clients',
      bump: 'minor',
      example: 'get → get, list',
      harm: 'calls of `{name}` are refused by version, before they have any effect',
      fix: 'nothing to do',
      check: isAdded,
    },
    {
      id: 'METHOD_RENAMED',
      purpose: 'A method has a new name and keeps the old name as an alias.',
      severity: { wire: 'info', source: 'warn' },
      hurts: 'no client',
      bump: 'minor',
      example: 'get → fetch, alias get',
      harm: 'code that is compiled again must use `{name}`',
      fix: 'nothing to do for requests and replies',
      check: ({ renamedFrom }) => renamedFrom !== undefined,
    },
    {
      id: 'METHOD_KIND_CHANGED',
      purpose: 'The mode of a method changed from call, cast, fanout or stream to another of them.',
      severity: { wire: 'error', source: 'error' },
      hurts: 'both',
      bump: 'major',
      example: 'call → cast',
      harm: 'one side waits for a reply that the other does not send',
      fix: 'keep the mode and add another method, or make {next}',
      check: ({ before, after }) =>
        before !== undefined &&
        after !== undefined &&
        before.mode !== after.mode &&
        ![isNarrowed, isWidened].some((test) => test(before.mode, after.mode)),
    },
    {
      id: 'METHOD_MODE_NARROWED',
      purpose: 'A method that could be called in any mode may now be called in one mode only.',
      severity: { wire: 'error', source: 'error' },
      hurts: 'old clients',
      bump: 'major',
      example: 'any → call',
      harm: 'requests for `{name}` in another mode are refused',
      fix: 'declare no mode, or make {next}',
      check: ({ before, after }) => before !== undefined && after !== undefined && isNarrowed(before.mode, after.mode),
    },
    {
      id: 'METHOD_MODE_WIDENED',
      purpose: 'A method that could be called in one mode only may now be called in any mode.',
      severity: { wire: 'info' },
      hurts: 'new clients',
      bump: 'minor',
      example: 'call → any',
      harm: 'requests for `{name}` in another mode than the former one are refused',
      fix: 'nothing to do',
      check: ({ before, after }) => before !== undefined && after !== undefined && isWidened(before.mode, after.mode),
    },
    {
      id: 'METHOD_IDEMPOTENCY_LOST',
      purpose: 'A method is no longer idempotent: old clients still retry it.',
      severity: { semantic: 'error' },
      hurts: 'old clients',
      bump: 'major',
      example: 'idempotent → not',
      harm: 'they retry `{name}`, and a retry may repeat its effect',
      fix: 'keep the method idempotent, or make {next}',
      check: ({ before, after }) => before?.idempotent === true && after !== undefined && after.idempotent !== true,
    },
    {
      id: 'METHOD_TIMEOUT_LOWERED',
      purpose: 'The declared timeout was lowered.',
      severity: { semantic: 'warn' },
      hurts: 'old clients',
      bump: 'none',
      example: '30 s → 5 s',
      harm: 'they wait longer than the new timeout of `{name}`',
      fix: 'keep the timeout',
      check: ({ before, after }) =>
        before?.timeoutMs !== undefined && after?.timeoutMs !== undefined && after.timeoutMs < before.timeoutMs,
    },
  ]),
  ...rulesOn('alias', [
    {
      id: 'METHOD_ALIAS_REMOVED',
      purpose: 'Servers no longer answer to a former name of a method.',
      severity: { wire: 'error' },
      hurts: 'old clients',
      bump: 'major',
      example: 'fetch, alias get → fetch',
      harm: 'calls of `{name}` are refused',
      fix: 'keep the alias, or make {next}',
      check: isRemoved,
    },
  ]),
];
