/** The guide to metrics: its tables have every metric with its type and labels, and every alert. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prometheusMetrics } from '@concord-rpc/prometheus';
import { Registry } from 'prom-client';
import { parse } from 'yaml';

const ROOT = join(__dirname, '../..');
const guide = readFileSync(join(ROOT, 'docs/guides/prometheus.md'), 'utf8');

test('every metric has a row with its type and its labels', async () => {
  const register = new Registry();
  const { end } = prometheusMetrics({ register });
  const metrics = (await register.getMetricsAsJSON()).map(({ name, type }) => {
    const { labelNames } = register.getSingleMetric(name) as never as { labelNames: string[] };
    return { name, type: String(type), labels: labelNames.join(', ') };
  });
  end();
  let above = '';
  const rows = [...guide.matchAll(/^\| `(\w+)` \| (histogram|counter|gauge) \| (.*?) ?\| /gm)].map(([, name, type, cell]) => {
    const labels = cell === 'the same' ? above : cell!.replaceAll('`', '');
    above = labels;
    return { name, type, labels };
  });
  const byName = (a: { name?: string }, b: { name?: string }) => (a.name! < b.name! ? -1 : 1);
  expect(rows.sort(byName)).toEqual(metrics.sort(byName));
});

test('every alert has a row', () => {
  const { groups } = parse(readFileSync(join(ROOT, 'packages/prometheus/alerts/concord.rules.yml'), 'utf8'));
  const alerts = groups.flatMap(({ rules }: { rules: { alert: string }[] }) => rules.map(({ alert }) => alert));
  expect([...guide.matchAll(/^\| `(Concord\w+)` \|/gm)].map(([, alert]) => alert)).toEqual(alerts);
});
