/** Rules of `since`: what is new says since when, what is released does not change its mind. */
import { compareVersions } from '@concord-rpc/core';
import { readVersion } from '../../document/versions';
import { rulesOn } from '../rule';

export const SINCE_RULES = [
  ...rulesOn('addition', [
    {
      id: 'SINCE_MISSING',
      purpose: 'Something was added to a released endpoint and carries no since.',
      severity: { wire: 'error' },
      hurts: 'new clients',
      bump: 'none',
      example: 'a new argument without since, at 1.2',
      harm: '`{name}` is sent and refused, or awaited in vain',
      fix: "say since: '{now}' on it",
      check: ({ since, mayLackSince }) => since === undefined && !mayLackSince,
    },
    {
      id: 'SINCE_BACKDATED',
      purpose: 'Something new says that it is as old as a released version.',
      severity: { wire: 'error' },
      hurts: 'new clients',
      bump: 'none',
      example: "a new argument since '1.1', where 1.1 is released",
      harm: 'servers of the version that `{name}` names do not have it',
      fix: "say since: '{now}' on it",
      check: ({ since: claimed, from }) => {
        const since = readVersion(claimed);
        return since !== undefined && from !== undefined && compareVersions(since, from) <= 0;
      },
    },
  ]),
  ...rulesOn('since', [
    {
      id: 'SINCE_RAISED',
      purpose: 'The since of a released element moved up: old callers ask for too little.',
      severity: { wire: 'error' },
      hurts: 'old clients',
      bump: 'none',
      example: 'list since 1.1 → 1.2',
      harm: 'they ask for less than `{name}` is said to need',
      fix: 'put the since back to what was released',
      check: ({ from, to }) => compareVersions(to, from) > 0,
    },
    {
      id: 'SINCE_LOWERED',
      purpose: 'The since of a released element moved down: new callers ask for too little.',
      severity: { wire: 'error' },
      hurts: 'new clients',
      bump: 'none',
      example: 'list since 1.2 → 1.1',
      harm: 'they send `{name}` to servers that do not have it',
      fix: 'put the since back to what was released',
      check: ({ from, to, after }) => compareVersions(to, from) < 0 && after !== undefined,
    },
    {
      id: 'SINCE_REMOVED',
      purpose: 'The since of a released element vanished: it now claims to be as old as the major.',
      severity: { wire: 'error' },
      hurts: 'new clients',
      bump: 'none',
      example: 'list since 1.2 → list',
      harm: 'they send `{name}` to servers that do not have it',
      fix: 'put the since back to what was released',
      check: ({ from, to, after }) => compareVersions(to, from) < 0 && after === undefined,
    },
  ]),
  ...rulesOn('claim', [
    {
      id: 'SINCE_INVALID',
      purpose: 'A since is not MAJOR.MINOR.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: "since '1.1.0'",
      harm: 'nobody can tell which servers have `{name}`',
      fix: "write major and minor, such as '1.1'",
      check: ({ since }) => since === undefined,
    },
    {
      id: 'SINCE_MAJOR_MISMATCH',
      purpose: "A since names another major than its endpoint's.",
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: 'since 1.2 in Svc@2',
      harm: 'no version of this major has `{name}`',
      fix: 'name a minor of the endpoint’s own major',
      check: ({ since, major }) => since !== undefined && since.major !== major,
    },
    {
      id: 'SINCE_ABOVE_ENDPOINT',
      purpose: "A since is greater than the endpoint's version.",
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: 'since 1.3 in an endpoint at 1.2',
      harm: 'no server says that it has `{name}`',
      fix: 'raise the version of the endpoint, or lower the since',
      check: ({ since, major, endpoint }) =>
        since?.major === major && endpoint !== undefined && compareVersions(since, endpoint) > 0,
    },
    {
      id: 'SINCE_BEFORE_PARENT',
      purpose: 'An argument or error claims to be older than its method.',
      severity: { wire: 'warn' },
      hurts: 'nobody',
      bump: 'none',
      example: 'an argument since 1.1 in a method since 1.2',
      harm: 'the claim means nothing',
      fix: 'leave the since of `{name}` out',
      check: ({ since, major, endpoint, parent }) =>
        since?.major === major &&
        !(endpoint !== undefined && compareVersions(since, endpoint) > 0) &&
        parent !== undefined &&
        compareVersions(since, parent) < 0,
    },
  ]),
  ...rulesOn('sharedClaim', [
    {
      id: 'SINCE_AMBIGUOUS',
      purpose: 'A plain since stands in a type that two endpoints share.',
      severity: { wire: 'error' },
      hurts: 'both',
      bump: 'none',
      example: "a type of A@1 and B@2 with a field since '1.4'",
      harm: 'the version is that of one endpoint and is read as that of all',
      fix: 'write a map of endpoint names to versions',
      check: ({ sharers }) => sharers.length > 1,
    },
  ]),
  ...rulesOn('lateArgument', [
    {
      id: 'LATE_ARG_REQUIRED',
      purpose: 'An argument younger than its method is required.',
      severity: { wire: 'error' },
      hurts: 'old clients',
      bump: 'none',
      example: 'an argument since 1.2, required, in a method since 1.0',
      harm: 'calls that cannot know `{name}` are refused',
      fix: 'make `{name}` optional',
      check: ({ isRequired }) => isRequired,
    },
    {
      id: 'LATE_ARG_NOT_LAST',
      purpose: 'An argument precedes one that is older than it.',
      severity: { source: 'error' },
      hurts: 'nobody',
      bump: 'none',
      example: '(id, x since 1.2, y)',
      harm: 'callers that pass arguments by position shift',
      fix: 'move `{name}` behind the older arguments',
      check: ({ isBeforeOlder }) => isBeforeOlder,
    },
  ]),
];
