/** A real Prometheus that scrapes the measured fleet, and promtool. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './fleet.mjs';

const LONGEST_START = 20_000;

/** Runs promtool; returns its exit code and its output. */
export function promtool(args, input) {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { code: status ?? 127, text: `${stdout}${stderr}`.trim() };
}

/** A running Prometheus. */
export class Prometheus {
  #child;
  #folder;
  #url;

  constructor(child, folder, url) {
    this.#child = child;
    this.#folder = folder;
    this.#url = url;
  }

  /** Starts it: it scrapes targets, given by job, and evaluates rules every second. */
  static async start(targets, rules) {
    const folder = mkdtempSync(join(tmpdir(), 'concord-prometheus-'));
    const jobs = Object.entries(targets).map(([job, addresses]) => ({ job_name: job, static_configs: [{ targets: addresses }] }));
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [rules],
      scrape_configs: jobs,
    };
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config)); // JSON is YAML
    const address = `127.0.0.1:${await freePort()}`;
    const args = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
    const child = spawn('prometheus', [...args, `--web.listen-address=${address}`, '--log.level=warn'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const prometheus = new Prometheus(child, folder, `http://${address}`);
    const end = performance.now() + LONGEST_START;
    while (
      !(await fetch(`http://${address}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (performance.now() > end) throw new Error(`Prometheus is not ready within ${LONGEST_START} ms`);
      await delay(100);
    }
    return prometheus;
  }

  /** Resolves to the series of an instant query: `{ metric, value }` of each. */
  async query(expr) {
    const result = await this.#get('query', { query: expr });
    return result.result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
  }

  /** Resolves to the rules: name, state and health of each. */
  async rules() {
    return (await this.#get('rules', {})).groups.flatMap(({ rules }) => rules);
  }

  /** Resolves to the scraped targets. */
  async targets() {
    return (await this.#get('targets', {})).activeTargets;
  }

  async stop() {
    this.#child.kill('SIGTERM');
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #get(path, parameters) {
    const response = await fetch(`${this.#url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { status, data, error } = await response.json();
    if (status !== 'success') throw new Error(`Prometheus: ${error}: ${parameters.query}`);
    return data;
  }
}
