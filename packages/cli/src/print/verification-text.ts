/** The result of `matrix --verify` as text. */
import { counted } from '../console/plural';
import type { UnexpectedOutcome, Verification } from '../verify/verify-matrix';

const LONGEST = 240;

/** One line with the numbers of the run, then one entry per call with another outcome than predicted. */
export function verificationText({ seed, pairs, calls, disagreements, notes }: Verification): string {
  const count = disagreements.length;
  const end = count === 0 ? 'all outcomes as predicted' : `${counted(count, 'method')} with another outcome than predicted`;
  const lines = [
    `verified: ${counted(pairs, 'pair')}, ${counted(calls, 'call')}, seed ${seed}: ${end}`,
    ...disagreements.flatMap(linesOf),
  ];
  return `${[...lines, ...notes.map((note) => `note: ${note}`)].join('\n')}\n`;
}

function linesOf({ client, server, method, mode, args, result, reasoned, ran, why }: UnexpectedOutcome): string[] {
  const needs = reasoned.needs === undefined ? '' : ` (needs ${reasoned.needs})`;
  return [
    `error  client ${client} with server ${server}: ${method} was predicted ${reasoned.outcome}${needs}, and ran as ${ran}: ${why}`,
    `         ${mode === 'cast' ? 'cast with  ' : 'called with'}  ${shown(args)}`,
    ...(result === undefined ? [] : [`         returned     ${shown(result)}`]),
  ];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
