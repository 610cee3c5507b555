/** The yardsticks of the folder that `--limits` names. Their DTO and their networks have a shape of their own. */

import { importLimit } from '../limits.mjs';
import { NETWORKS, PORT, portCreated } from '../methods.mjs';

export async function serve({ url, scope, servers, handlers, options }) {
  const { start } = await importLimit(`${options.folder}/server.mjs`);
  const { app } = await importLimit('lib/workload.mjs');
  const served = {
    ...app,
    echo: handlers.echo,
    createPort: ({ fixedIps }) => ({ ...portCreated(PORT), addresses: fixedIps.length }),
    extra: () => handlers.counted(),
  };
  const onCast = () => handlers.count();
  for (let server = 0; server < servers; server++) {
    await start({ nats: url, ns: scope, app: served, methods: 1, onCast, onFanout: onCast }, ...options.further);
  }
}

export async function connect({ url, scope, options }) {
  const { connect: connectLimit } = await importLimit(`${options.folder}/client.mjs`);
  const { app, BAD_DTO, CAST, DTO } = await importLimit('lib/workload.mjs');
  const client = await connectLimit({ nats: url, ns: scope, timeoutMs: 10_000 }, ...options.further);
  return {
    call: {
      networks: client.getNetworks,
      echo: client.echo,
      create_port: (port) => client.createPort(port === PORT ? DTO : port),
      counted: () => client.extra(0, 0),
    },
    cast: () => client.cast(CAST),
    fanout: () => client.fanout(CAST),
    flush: () => new Promise(setImmediate),
    answers: new Map([[NETWORKS, app.getActiveNetworksInfo('node-1.example.com')]]),
    badPorts: [BAD_DTO],
  };
}
