/** Checks of installed packages: peers and their versions, and several copies of one package. */
import { type DoctorCheck, notChecked, ok, type Result, warning, wrong } from '../../diagnosis/check';
import { isInRange } from '../../diagnosis/version-range';
import { type InstalledPackage, installedPackages, resolvedPackage } from './installed-packages';
import type { ProjectFacts } from './project-facts';

/** The least version of Node. */
const LEAST_NODE = '20.19';

/** The runtime, which states the ranges of its peers. */
const RUNTIME = 'concord-rpc';

/** The clients of NATS, of which one is enough. */
const NATS_CLIENTS = ['nats', '@nats-io/transport-node'];

/** Packages of which one copy should be installed, with what happens otherwise. */
const SINGLE: readonly (readonly [fits: (name: string) => boolean, verdict: typeof wrong, consequence: string])[] = [
  [
    (name) => name === RUNTIME || name.startsWith('@concord-rpc/'),
    warning,
    'they work together, but instanceof RpcError is true for one of them only',
  ],
  [(name) => name === 'reflect-metadata', warning, 'types that one of them recorded can be unknown to the other'],
  [(name) => name === 'class-validator', warning, 'their releases can disagree about validators'],
  [(name) => name === 'class-transformer', wrong, '@Type of one copy is unknown to the other, so types of fields are missing'],
];

/** The checks of packages. */
export const PACKAGE_CHECKS: readonly DoctorCheck<ProjectFacts>[] = [
  { name: 'Node', run: node },
  { name: 'peers', run: peers },
  { name: 'NATS client', run: natsClient },
  { name: 'copies', run: copies },
];

function node({ node: version }: ProjectFacts): readonly Result[] {
  if (isInRange(version, `>=${LEAST_NODE}`) === true) return ok(`Node ${version}`);
  return wrong(`Node ${version} is older than ${LEAST_NODE}`, `install Node ${LEAST_NODE} or later`);
}

function peers({ root, manifest }: ProjectFacts): readonly Result[] {
  const runtime = resolvedPackage(root, RUNTIME);
  if (runtime === undefined) {
    if (manifest?.dependencies[RUNTIME] !== undefined) return wrong(`${RUNTIME} is not installed`, 'run npm install');
    return notChecked(`package.json does not name ${RUNTIME}`, `install it: npm install ${RUNTIME}`);
  }
  const names = Object.keys(runtime.peers).filter((name) => !NATS_CLIENTS.includes(name));
  return names.flatMap((name) => peer(name, root, runtime));
}

function peer(name: string, root: string, { peers: ranges, optional }: InstalledPackage): readonly Result[] {
  const range = ranges[name]!;
  const installed = resolvedPackage(root, name);
  const remedy = `npm install "${name}@${range}"`;
  if (installed === undefined)
    return optional.has(name) ? [] : wrong(`${name} is not installed; ${RUNTIME} needs ${range}`, remedy);
  const fits = isInRange(installed.version, range);
  if (fits === undefined) return notChecked(`${name} ${installed.version} cannot be compared with ${range}`, remedy);
  return fits ? ok(`${name} ${installed.version}`) : wrong(`${name} ${installed.version} is not in ${range}`, remedy);
}

function natsClient({ root }: ProjectFacts): readonly Result[] {
  const runtime = resolvedPackage(root, RUNTIME);
  if (runtime === undefined) return [];
  const installed = NATS_CLIENTS.filter((name) => resolvedPackage(root, name) !== undefined);
  if (installed.length > 0) return installed.flatMap((name) => peer(name, root, runtime));
  return warning(
    'no client of NATS is installed: only the memory transport works',
    `npm install "nats@${runtime.peers['nats'] ?? '2'}"`,
  );
}

function copies({ root }: ProjectFacts): readonly Result[] {
  const all = installedPackages(root, (name) => SINGLE.some(([fits]) => fits(name)));
  const byName = new Map<string, InstalledPackage[]>();
  for (const each of all) byName.set(each.name, [...(byName.get(each.name) ?? []), each]);
  const several = [...byName.values()].filter(({ length }) => length > 1);
  if (several.length === 0) return ok('one copy of each package');
  return several.flatMap((found) => {
    const { name } = found[0]!;
    const [, verdict, consequence] = SINGLE.find(([fits]) => fits(name))!;
    const places = found.map(({ version, folder }) => `${version} in ${folder.replace(`${root}/`, '')}`).join(', ');
    return verdict(
      `${found.length} copies of ${name}: ${consequence} (${places})`,
      `use one version everywhere: npm dedupe; show who wants which: npm ls ${name}`,
    );
  });
}
