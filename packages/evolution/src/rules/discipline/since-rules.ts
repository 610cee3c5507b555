/** Rules of `since`: new elements declare a version, and released elements keep theirs. */
import { compareVersions } from '@concord-rpc/core/engine';
import { readVersion } from '../../document/versions';
import { rulesOn } from '../rule';

/** The rules of `since`. */
export const SINCE_RULES = [
  ...rulesOn('addition', [
    {
      id: 'SINCE_MISSING',
      purpose: 'An element was added to a released endpoint without since.',
      severity: { wire: 'error' },
      hurts: 'new clients',
      bump: 'none',
      example: 'a new argument without since, at 1.2',
      harm: 'they send `{name}` and are refused, or wait for it in vain',
      fix: "add since: '{now}' to it",
      check: ({ since, mayLackSince }) => since === undefined && !mayLackSince,
    },
    {
      id: 'SINCE_BACKDATED',
      purpose: 'The since of a new element names a version that is already released.',
      severity: { wire: 'error' },
      hurts: 'new clients',
      bump: 'none',
      example: "a new argument since '1.1', where 1.1 is released",
      harm: 'servers of the version that `{name}` names do not have it',
      fix: "set since: '{now}' on it",
      check: ({ since: declared, from }) => {
        const since = readVersion(declared);
        return since !== undefined && from !== undefined && compareVersions(since, from) <= 0;
      },
    },
  ]),
  ...rulesOn('since', [
    {
      id: 'SINCE_RAISED',
      purpose: 'The since of a released element was raised: old callers request a version that is too low.',
      severity: { wire: 'error' },
      hurts: 'old clients',
      bump: 'none',
      example: 'list since 1.1 → 1.2',
      harm: 'they request a lower version than `{name}` is declared to need',
      fix: 'restore the released since',
      check: ({ from, to }) => compareVersions(to, from) > 0,
    },
    {
      id: 'SINCE_LOWERED',
      purpose: 'The since of a released element was lowered: new callers request a version that is too low.',
      severity: { wire: 'error' },
      hurts: 'new clients',
      bump: 'none',
      example: 'list since 1.2 → 1.1',
      harm: 'they send `{name}` to servers that do not have it',
      fix: 'restore the released since',
      check: ({ from, to, after }) => compareVersions(to, from) < 0 && after !== undefined,
    },
    {
      id: 'SINCE_REMOVED',
      purpose: 'The since of a released element was removed: the element now counts as old as its major.',
      severity: { wire: 'error' },
      hurts: 'new clients',
      bump: 'none',
      example: 'list since 1.2 → list',
      harm: 'they send `{name}` to servers that do not have it',
      fix: 'restore the released since',
      check: ({ from, to, after }) => compareVersions(to, from) < 0 && after === undefined,
    },
  ]),
  ...rulesOn('declaredSince', [
    {
      id: 'SINCE_INVALID',
      purpose: 'A since is not of the form MAJOR.MINOR.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: "since '1.1.0'",
      harm: 'the servers that have `{name}` cannot be determined',
      fix: "write major and minor, such as '1.1'",
      check: ({ since }) => since === undefined,
    },
    {
      id: 'SINCE_MAJOR_MISMATCH',
      purpose: 'The major of a since is not the major of its endpoint.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: 'since 1.2 in Svc@2',
      harm: 'no version of this major has `{name}`',
      fix: 'name a minor of the major of the endpoint',
      check: ({ since, major }) => since !== undefined && since.major !== major,
    },
    {
      id: 'SINCE_ABOVE_ENDPOINT',
      purpose: 'A since is higher than the version of its endpoint.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: 'since 1.3 in an endpoint at 1.2',
      harm: 'no server declares a version that has `{name}`',
      fix: 'raise the version of the endpoint, or lower the since',
      check: ({ since, major, endpoint }) =>
        since?.major === major && endpoint !== undefined && compareVersions(since, endpoint) > 0,
    },
    {
      id: 'SINCE_BEFORE_PARENT',
      purpose: 'The since of an argument or error is lower than that of its method.',
      severity: { wire: 'warn' },
      hurts: 'no client',
      bump: 'none',
      example: 'an argument since 1.1 in a method since 1.2',
      harm: 'the since has no effect',
      fix: 'remove the since of `{name}`',
      check: ({ since, major, endpoint, parent }) =>
        since?.major === major &&
        !(endpoint !== undefined && compareVersions(since, endpoint) > 0) &&
        parent !== undefined &&
        compareVersions(since, parent) < 0,
    },
  ]),
  ...rulesOn('sharedSince', [
    {
      id: 'SINCE_AMBIGUOUS',
      purpose: 'A type that several endpoints use has a since without endpoint names.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: "a type of A@1 and B@2 with a field since '1.4'",
      harm: 'the version belongs to one endpoint and is applied to all',
      fix: 'write a map from endpoint names to versions',
      check: ({ sharers }) => sharers.length > 1,
    },
  ]),
  ...rulesOn('lateArgument', [
    {
      id: 'LATE_ARG_REQUIRED',
      purpose: 'An argument that was added after its method is required.',
      severity: { wire: 'error' },
      hurts: 'old clients',
      bump: 'none',
      example: 'an argument since 1.2, required, in a method since 1.0',
      harm: 'calls from before `{name}` was added are refused',
      fix: 'make `{name}` optional',
      check: ({ isRequired }) => isRequired,
    },
    {
      id: 'LATE_ARG_NOT_LAST',
      purpose: 'An argument stands before an older argument.',
      severity: { source: 'error' },
      hurts: 'no client',
      bump: 'none',
      example: '(id, x since 1.2, y)',
      harm: 'positional arguments of existing calls shift',
      fix: 'move `{name}` behind the older arguments',
      check: ({ isBeforeOlder }) => isBeforeOlder,
    },
  ]),
];
