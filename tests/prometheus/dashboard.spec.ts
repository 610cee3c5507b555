/** The dashboard and the alert rules: written from their source, and asking only for metrics and labels that exist. `npm run world` asks a real Prometheus. */
import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prometheusMetrics } from '@concord-rpc/prometheus';
import { Registry } from 'prom-client';
import { parse } from 'yaml';
import { dashboard } from '../../packages/prometheus/grafana/dashboard';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, 'packages/prometheus', path), 'utf8');
const { groups } = parse(read('alerts/concord.rules.yml')) as { groups: { rules: { alert: string; expr: string }[] }[] };
const rules = groups.flatMap((group) => group.rules);
const panels = (dashboard.panels ?? []).filter(({ type }) => type !== 'row') as unknown as {
  title: string;
  description: string;
  targets: { expr: string; legendFormat: string }[];
}[];

const expressions: [string, string][] = [
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }): [string, string] => [title, expr])),
  ...rules.map(({ alert, expr }): [string, string] => [alert, expr]),
];

/** The labels of each metric, as a register has them. */
const metrics = new Map<string, readonly string[]>();
beforeAll(() => {
  const register = new Registry();
  const { end } = prometheusMetrics({ register });
  for (const { name, labelNames } of register.getMetricsAsArray() as never as { name: string; labelNames: string[] }[]) {
    for (const suffix of name.endsWith('_seconds') ? ['_count', '_sum', '_bucket'] : ['']) metrics.set(name + suffix, labelNames);
  }
  end();
});

test('the file that users import is the one that its source writes', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'scripts/write-dashboard.mjs'), '--check'], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'packages/prometheus/grafana/concord.dashboard.json: up to date\n' });
});

test.each(expressions)('%s asks for metrics and labels that exist', (_, expr) => {
  const names = [...expr.matchAll(/\b(?:rpc|concord)_\w+(?=[{[)]| |$)/g)].map(([name]) => name).filter((name) => !isLabel(name));
  expect(names.length).toBeGreaterThan(0);
  const known = names.map((name) => ({ name, labels: metrics.get(name) }));
  expect(known.filter(({ labels }) => labels === undefined)).toEqual([]);
  const all = new Set(['job', 'le', ...known.flatMap(({ labels }) => labels!)]);
  const used = [
    ...[...expr.matchAll(/(?:by|on) \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(', ')),
    ...[...expr.matchAll(/[{,](\w+)(?==|!)/g)].map(([, label]) => label!),
  ];
  expect(used.filter((label) => !all.has(label))).toEqual([]);
});

test('every metric is in the dashboard', () => {
  const shown = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n');
  const stems = [...metrics.keys()].filter((name) => !/_(sum|bucket)$/.test(name));
  expect(stems.filter((name) => !shown.includes(name))).toEqual([]);
});

test('legends have only labels that the query keeps', () => {
  for (const { targets } of panels) {
    for (const { expr, legendFormat } of targets) {
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        expect(/by \(([^)]*)\)/.exec(expr)![1]!.split(', ')).toContain(label);
      }
    }
  }
});

test('every alert has a case in which it fires', () => {
  const { tests } = parse(read('alerts/concord.rules.test.yml')) as {
    tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
  };
  const fired = tests.flatMap((each) => each.alert_rule_test).filter(({ exp_alerts }) => exp_alerts.length > 0);
  expect(fired.map(({ alertname }) => alertname)).toEqual(rules.map(({ alert }) => alert));
});

function isLabel(name: string): boolean {
  return [...metrics.values()].some((labels) => labels.includes(name));
}
