/** The manifests for Kubernetes: valid YAML whose probes, ports and periods are those of the program in docs/guides/deploying.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, parse as parseYaml } from 'yaml';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, 'examples/kubernetes');
const guide = readFileSync(join(ROOT, 'docs/guides/deploying.md'), 'utf8');
const program = /```ts\n(import \{ createServer \}[\s\S]*?)```/.exec(guide)![1]!;

interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}
interface Probe {
  readonly httpGet: { readonly path: string; readonly port: number | string };
}
interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly [Container];
}
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: any;
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const manifests = (file: string): Manifest[] =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
    expect(document.errors).toEqual([]);
    expect(document.warnings).toEqual([]);
    return document.toJS();
  });
const find = (file: string, kind: string) => manifests(file).find((each) => each.kind === kind)!;
const agent = () => find('agent.yaml', 'Deployment').spec;
const pod = (): PodSpec => agent().template.spec;

test.each(files)('%s is valid YAML, and every document has a kind and a name', (file) => {
  for (const { apiVersion, kind, metadata } of manifests(file)) {
    expect([apiVersion, kind, metadata.name]).toEqual([expect.any(String), expect.any(String), expect.any(String)]);
  }
});

test.each(files)('%s: selectors choose the pods of the file', (file) => {
  const labels = find(file, 'Deployment').spec.template.metadata.labels;
  for (const { kind, spec } of manifests(file)) {
    const selector = kind === 'Service' ? spec.selector : spec?.selector?.matchLabels;
    if (selector !== undefined) expect(labels).toMatchObject(selector);
  }
});

test('the probes ask for paths that the program of the guide serves, at the port of the container', () => {
  const [{ readinessProbe, livenessProbe, ports }] = pod().containers;
  expect(program).toContain(`request.url === '${readinessProbe.httpGet.path}' ? server.health()`);
  expect(program).toContain(`\${url}${livenessProbe.httpGet.path}`);
  for (const { httpGet } of [readinessProbe, livenessProbe]) expect(ports.map(({ name }) => name)).toContain(httpGet.port);
});

test('the guide shows the same settings', () => {
  const short: { spec: PodSpec } = parseYaml(/```yaml\n([\s\S]*?)```/.exec(guide)![1]!);
  const [shown] = short.spec.containers;
  const [own] = pod().containers;
  const port = (probe: Probe) => own.ports.find(({ name }) => name === probe.httpGet.port)!.containerPort;
  for (const probe of ['readinessProbe', 'livenessProbe'] as const) {
    const { httpGet, ...rest } = own[probe];
    expect({ ...rest, httpGet: { ...httpGet, port: port(own[probe]) } }).toEqual(shown[probe]);
  }
  expect(own.env).toEqual(shown.env);
  expect(own.image).toBe(shown.image);
  expect(pod().terminationGracePeriodSeconds).toBe(short.spec.terminationGracePeriodSeconds);
});

test('the grace period is longer than the timeout of the program', () => {
  const [, timeout] = /stopOnSignals\(.*\{ timeout: ([\d_]+) \}/.exec(program)!;
  expect(pod().terminationGracePeriodSeconds * 1_000).toBeGreaterThan(Number(timeout!.replaceAll('_', '')));
});

test('Prometheus scrapes the page of the guide at the port of the probes', () => {
  const annotations = agent().template.metadata.annotations;
  const [{ ports }] = pod().containers;
  expect(annotations).toEqual({
    'prometheus.io/scrape': 'true',
    'prometheus.io/path': '/metrics',
    'prometheus.io/port': `${ports[0]!.containerPort}`,
  });
  expect(readFileSync(join(ROOT, 'docs/guides/prometheus.md'), 'utf8')).toContain('`/metrics` at the same port');
});

test('the program gets its broker and its name from the variables that it reads', () => {
  const [{ env, command }] = pod().containers;
  for (const { name } of env) expect(program).toContain(`process.env.${name}`);
  expect(command[0]).toBe('node');
  const service = find('nats.yaml', 'Service');
  expect(env.find(({ name }) => name === 'NATS_URL')!.value).toBe(
    `nats://${service.metadata.name}:${service.spec.ports[0].port}`,
  );
});

test('the broker has the settings of the guide', () => {
  const settings = (text: string) => [...text.matchAll(/^ *(\w+: [^#\s]+)/gm)].map(([, line]) => line);
  const conf = find('nats.yaml', 'ConfigMap').data['nats.conf']!;
  expect(settings(conf)).toEqual(settings(/```conf one\n([\s\S]*?)```/.exec(guide)![1]!));
});
