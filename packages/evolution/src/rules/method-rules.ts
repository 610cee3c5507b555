/** Rules of methods: there, gone, renamed; their kind, idempotency and time. */
import type { MethodDocument } from '@concord-rpc/core';
import { isAdded, isRemoved, rulesOn } from './rule';

type Mode = MethodDocument['mode'];

/** A stream is no part of any mode: its callers read items. */
const ONE_MODE: ReadonlySet<Mode> = new Set<Mode>(['call', 'cast', 'fanout']);

function isNarrowed(before: Mode, after: Mode): boolean {
  return before === 'any' && ONE_MODE.has(after);
}

function isWidened(before: Mode, after: Mode): boolean {
  return isNarrowed(after, before);
}

export const METHOD_RULES = [
  ...rulesOn('method', [
    {
      id: 'METHOD_REMOVED',
      purpose: 'A method is gone inside a major.',
      severity: { wire: 'error', source: 'error' },
      hurts: 'old clients',
      bump: 'major',
      example: 'get, old → get',
      harm: 'calls of `{name}` are refused',
      fix: 'keep it and deprecate it, or make {next}',
      check: isRemoved,
    },
    {
      id: 'METHOD_ADDED',
      purpose: 'A method is new.',
      severity: { wire: 'info' },
      hurts: 'new clients',
      bump: 'minor',
      example: 'get → get, list',
      harm: 'calls of `{name}` are refused by version, before any effect',
      fix: 'nothing to do',
      check: isAdded,
    },
    {
      id: 'METHOD_RENAMED',
      purpose: 'A method has a new name and keeps the old one as an alias.',
      severity: { wire: 'info', source: 'warn' },
      hurts: 'nobody',
      bump: 'minor',
      example: 'get → fetch, alias get',
      harm: 'code that is compiled again must say `{name}`',
      fix: 'nothing to do on the wire',
      check: ({ renamedFrom }) => renamedFrom !== undefined,
    },
    {
      id: 'METHOD_KIND_CHANGED',
      purpose: 'The mode of a method changed: call, cast, fanout or stream became another mode.',
      severity: { wire: 'error', source: 'error' },
      hurts: 'both',
      bump: 'major',
      example: 'call → cast',
      harm: 'one side waits for what the other does not send',
      fix: 'keep the kind and add another method, or make {next}',
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
      harm: 'requests for `{name}` in a mode other than the declared one are refused',
      fix: 'nothing to do',
      check: ({ before, after }) => before !== undefined && after !== undefined && isWidened(before.mode, after.mode),
    },
    {
      id: 'METHOD_IDEMPOTENCY_LOST',
      purpose: 'A method is no longer idempotent: old clients still retry.',
      severity: { semantic: 'error' },
      hurts: 'old clients',
      bump: 'major',
      example: 'idempotent → not',
      harm: 'they retry `{name}`, and it may run twice with effect',
      fix: 'keep it idempotent, or make {next}',
      check: ({ before, after }) => before?.idempotent === true && after !== undefined && after.idempotent !== true,
    },
    {
      id: 'METHOD_TIMEOUT_LOWERED',
      purpose: 'The declared time limit went down.',
      severity: { semantic: 'warn' },
      hurts: 'old clients',
      bump: 'none',
      example: '30 s → 5 s',
      harm: 'they wait longer than `{name}` is given',
      fix: 'keep the limit',
      check: ({ before, after }) =>
        before?.timeoutMs !== undefined && after?.timeoutMs !== undefined && after.timeoutMs < before.timeoutMs,
    },
  ]),
  ...rulesOn('alias', [
    {
      id: 'METHOD_ALIAS_REMOVED',
      purpose: 'A name that was answered is no longer answered.',
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
