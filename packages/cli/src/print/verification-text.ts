/** What running the pairs of a matrix came to, as people read it. */
import type { Disagreement, Verification } from '../verify/verify-matrix';

const LONGEST = 240;

/** A line of what was run, and each call that came to something else than was reasoned. */
export function verificationText({ seed, pairs, calls, disagreements, notes }: Verification): string {
  const count = disagreements.length;
  const end = count === 0 ? 'as reasoned' : `${count} ${count === 1 ? 'method' : 'methods'} not as reasoned`;
  const lines = [
    `run: ${pairs} pair${pairs === 1 ? '' : 's'}, ${calls} calls, seed ${seed}: ${end}`,
    ...disagreements.flatMap(linesOf),
  ];
  return `${[...lines, ...notes.map((note) => `note: ${note}`)].join('\n')}\n`;
}

function linesOf({ client, server, method, mode, args, result, reasoned, ran, why }: Disagreement): string[] {
  const needs = reasoned.needs === undefined ? '' : ` (needs ${reasoned.needs})`;
  return [
    `error  client ${client} with server ${server}: ${method} should be ${reasoned.outcome}${needs}, and was ${ran}: ${why}`,
    `         ${mode === 'cast' ? 'cast with  ' : 'called with'}  ${shown(args)}`,
    ...(result === undefined ? [] : [`         answered     ${shown(result)}`]),
  ];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
