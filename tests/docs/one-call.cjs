/** Makes one call over the memory transport and prints which files of the built packages ran functions during it, as JSON. */
const { Session } = require('node:inspector');
const { readFileSync } = require('node:fs');
const { SourceMap } = require('node:module');
const { dirname, join, relative } = require('node:path');
const { fileURLToPath } = require('node:url');

const ROOT = join(__dirname, '../..');
const { packages } = require(join(ROOT, 'docs/house.json'));
const session = new Session();
session.connect();
const post = (method, params) =>
  new Promise((resolve, reject) => {
    session.post(method, params, (error, result) => (error ? reject(error) : resolve(result)));
  });

async function main() {
  await post('Profiler.enable');
  await post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  const { createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer, remote, Since } = require('concord-rpc');
  const { IsOptional, IsString } = require('class-validator');

  class PortFilter {}
  decorate(PortFilter.prototype, 'networkId', [IsString()]);
  decorate(PortFilter.prototype, 'macAddress', [Since('1.3'), IsOptional(), IsString()]);

  class DhcpPluginApi {
    getPorts(_host, _filter) {
      return remote();
    }
  }
  const { prototype } = DhcpPluginApi;
  Reflect.defineMetadata('design:paramtypes', [String, PortFilter], prototype, 'getPorts');
  Since('1.2')(prototype, 'getPorts', 1);
  RpcMethod({ since: '1.1', returns: [String] })(prototype, 'getPorts', Object.getOwnPropertyDescriptor(prototype, 'getPorts'));
  Endpoint({ topic: 'q-plugin', namespace: 'dhcp', version: '1.3' })(DhcpPluginApi);

  const now = performance.now();
  performance.now = () => now; // some functions run only when the clock has moved on: the count must not depend on it
  const transport = new MemoryTransport();
  const server = new RpcServer(transport).register(DhcpPluginApi, { getPorts: async (host) => [host] });
  await server.start();
  const client = createClient(transport, DhcpPluginApi);

  await post('Profiler.takePreciseCoverage'); // counters begin at zero again
  const ports = await client.getPorts('node-1', { networkId: 'net-7', macAddress: 'fa:16:3e:00:00:01' });
  const { result } = await post('Profiler.takePreciseCoverage');
  await server.stop();
  await transport.close();
  if (ports[0] !== 'node-1') throw new Error(`the call returned ${JSON.stringify(ports)}`);
  process.stdout.write(JSON.stringify(result.flatMap(filesOf)));
}

function decorate(prototype, name, decorators) {
  for (const decorator of decorators) decorator(prototype, name);
}

/** The sources of ours in a bundle with the names of their functions that ran; nothing for other scripts. */
function filesOf({ url, functions }) {
  if (!url.startsWith('file://') || !/^packages\/[^/]+\/dist\//.test(relative(ROOT, fileURLToPath(url)))) return [];
  const bundle = fileURLToPath(url);
  const ran = functions.filter(({ ranges }) => ranges[0].count > 0);
  if (ran.length === 0) return [];
  const sourceAt = sourcesOf(bundle);
  const byFile = new Map();
  for (const { functionName, ranges } of ran) {
    const { file, text } = sourceAt(ranges[0].startOffset);
    // a bundle numbers functions of the same name
    const name = text.includes(functionName) ? functionName : functionName.replace(/\d+$/, '');
    byFile.set(file, [...(byFile.get(file) ?? []), name]);
  }
  return [...byFile].filter(([file]) => !isEntry(file)).map(([file, names]) => ({ file, ran: names }));
}

/** Returns a function that finds the source of a position in a bundle. */
function sourcesOf(bundle) {
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')));
  const lines = readFileSync(bundle, 'utf8').split('\n');
  return (offset) => {
    let [line, column] = [0, offset];
    while (column > lines[line].length) column -= lines[line++].length + 1;
    const { originalSource } = map.findEntry(line, column);
    const path = join(dirname(bundle), originalSource);
    return { file: relative(ROOT, path), text: readFileSync(path, 'utf8') };
  };
}

/** Returns true for an entry of a package: its index, or one that docs/house.json names. */
function isEntry(file) {
  const [, name, entry] = /^packages\/([^/]+)\/src\/([^/]+)\.ts$/.exec(file) ?? [];
  return entry === 'index' || packages[name]?.entries?.includes(entry) === true;
}

main();
