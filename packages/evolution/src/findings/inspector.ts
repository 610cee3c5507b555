/** Runs the rules over the observations of one endpoint, and collects the findings. */

import { rulesOf } from '../catalogue/catalogue';
import { nextMajorOf, nextMinor } from '../document/versions';
import type { AnyRule, Category, Hurts } from '../rules/rule';
import type { Observation } from '../walk/observation';
import type { Within } from '../walk/walk';
import { type Finding, fingerprintOf } from './finding';
import { type SeveritySettings, severityOf } from './severity-settings';

/** The endpoint of the observations. */
export interface EndpointContext {
  /** `Name@major`. */
  readonly key: string;
  /** Its version before and after; equal if one contract is checked by itself. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** True if the endpoint was experimental: the severity of its findings is then `info`. */
  readonly isExperimental: boolean;
  /** Returns the methods that reach a named type. */
  readonly reaches: (within: Within) => readonly string[];
}

/** Collects the findings of one endpoint. */
export interface Inspector {
  readonly listen: (observation: Observation, within?: Within) => void;
  readonly findings: readonly Finding[];
  /** The version bumps of all findings, including those that settings hide. */
  readonly bumps: ReadonlySet<string>;
}

/** Creates the inspector of one endpoint. */
export function createInspector(context: EndpointContext, settings: SeveritySettings): Inspector {
  const findings: Finding[] = [];
  const bumps = new Set<string>();
  const widened = new Set<string>();
  const listen = (observation: Observation, within?: Within): void => {
    for (const rule of rulesOf(observation.kind)) {
      if (!(rule.check as (observation: Observation) => boolean)(observation)) continue;
      bumps.add(rule.bump);
      const finding = findingOf(rule, { observation, within }, context, settings);
      if (finding !== undefined) findings.push(finding);
      if (rule.needsGate === true && 'gate' in observation && !widened.has(observation.path)) {
        widened.add(observation.path); // one finding for each path, even if several facets accept more
        listen({ kind: 'widening', path: observation.path, ...observation.gate }, within);
      }
    }
  };
  return { listen, findings, bumps };
}

/** An observation, and the named type whose definition it lies in. */
interface Observed {
  readonly observation: Observation;
  readonly within: Within | undefined;
}

function findingOf(
  rule: AnyRule,
  { observation, within }: Observed,
  context: EndpointContext,
  settings: SeveritySettings,
): Finding | undefined {
  const { key, from, to, isExperimental } = context;
  const severity = severityOf(rule, key, settings);
  if (severity === undefined) return undefined;
  const { path, before, after } = observation;
  const names = { name: nameIn(path), next: nextMajorOf(key), now: newVersion(from, to), release: path.replace('#', ':') };
  const harm = filled(rule.harm, names);
  return {
    rule: rule.id,
    path,
    severity: isExperimental ? 'info' : severity,
    categories: Object.keys(rule.severity) as Category[],
    bump: rule.bump,
    endpoints: [key],
    via: within === undefined ? [] : context.reaches(within),
    before,
    after,
    from,
    to,
    hurts: harm === '' ? '' : `${affectedPeers(rule.hurts, from, to)}${harm}`,
    fix: filled(rule.fix, names),
    fingerprint: fingerprintOf(rule.id, path, before, after),
  };
}

/** Returns the version for a new element: the next minor if the version did not move, because that version is already in use. */
function newVersion(from: string | undefined, to = '?'): string {
  return from === to ? nextMinor(to) : to;
}

function affectedPeers(hurts: Hurts, from = '(none)', to = '(none)'): string {
  if (hurts === 'no client') return '';
  if (hurts === 'both') return from === to ? `clients and servers at ${to}: ` : `clients and servers at ${from} and ${to}: `;
  const [client, server] = hurts === 'old clients' ? [from, to] : [to, from];
  if (from !== to) return `clients at ${client} on servers at ${server}: `;
  return hurts === 'old clients'
    ? `clients at ${to} from before the change: `
    : `clients on servers at ${to} from before the change: `;
}

function filled(template: string, names: Readonly<Record<string, string>>): string {
  return template.replace(/\{(name|next|now|release)\}/g, (_, key: string) => names[key]!);
}

/** Returns the element at the end of a path: an argument, a field, a value. */
function nameIn(path: string): string {
  if (/#[^/]*$/.test(path)) return path;
  const last = path.slice(path.lastIndexOf('/') + 1);
  return /[=|~]([^=|~]+)$/.exec(last)?.[1] ?? /\.([^.]+)$/.exec(last)?.[1] ?? last;
}
