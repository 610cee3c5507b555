/** Samples of a register, without sums and buckets, in short lines. */
import type { Registry } from 'prom-client';

const SHORT: Readonly<Record<string, string>> = {
  rpc_client_call_duration_seconds_count: 'client',
  rpc_server_call_duration_seconds_count: 'server',
  concord_client_attempts_total: 'attempts',
  concord_client_older_form_total: 'older form',
  concord_server_refused_total: 'refused',
  concord_callers: 'callers',
  concord_fleet_servers: 'fleet',
};

/** Returns lines such as `client Ledger/add ok call = 1`, sorted. Gauges without labels are left out. */
export async function samplesOf(register: Registry): Promise<string[]> {
  const lines: string[] = [];
  for (const [, name, labels, value] of (await register.metrics()).matchAll(/^(\w+)\{(.*)\} (\S+)$/gm)) {
    if (SHORT[name!] === undefined) continue;
    const values = [...labels!.matchAll(/(\w+)="([^"]*)"/g)].filter(([, label]) => label !== 'rpc_system_name');
    lines.push(`${[SHORT[name!], ...values.map(([, , text]) => text)].join(' ')} = ${value}`);
  }
  return lines.sort();
}

/** Resolves to the samples once they meet a condition, which is tried once a turn of the event loop. */
export async function samplesOnce(register: Registry, holds: (lines: string[]) => boolean): Promise<string[]> {
  const end = performance.now() + 20_000;
  for (;;) {
    const lines = await samplesOf(register);
    if (holds(lines) || performance.now() > end) return lines;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
