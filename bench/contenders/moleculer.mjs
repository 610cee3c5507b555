/** Moleculer over its NATS transporter: actions with `params`, balanced events for casts, broadcasts for fanout. */

const PARAMS = {
  networks: { host: 'string', enable_dhcp_filter: { type: 'boolean', optional: true } },
  echo: { text: 'string' },
  create_port: {
    id: 'uuid',
    network_id: 'uuid',
    name: 'string',
    admin_state_up: 'boolean',
    mac_address: 'mac',
    fixed_ips: { type: 'array', items: { type: 'object', props: { subnet_id: 'uuid', ip_address: 'string' } } },
  },
  text: { text: 'string' },
};

export async function serve({ url, scope, servers, handlers }) {
  const starting = [];
  for (let server = 0; server < servers; server++) {
    const broker = await brokerOf(url, scope, `server-${server}`);
    // Moleculer requires the name `ctx` for the parameter of an event handler
    const count = { params: PARAMS.text, handler: (ctx) => handlers.count(ctx.params.text) };
    broker.createService({
      name: 'bench',
      actions: {
        networks: {
          params: PARAMS.networks,
          handler: ({ params }) => handlers.networks(params.host, params.enable_dhcp_filter),
        },
        echo: { params: PARAMS.echo, handler: ({ params }) => handlers.echo(params.text) },
        create_port: { params: PARAMS.create_port, handler: ({ params }) => handlers.create_port(params) },
        counted: () => handlers.counted(),
      },
      events: { 'bench.count': count },
    });
    starting.push(broker.start());
  }
  await Promise.all(starting);
}

export async function connect({ url, scope, servers }) {
  const broker = await brokerOf(url, scope, `client-${process.pid}`);
  await broker.start();
  await broker.waitForServices('bench', 10_000, 10);
  await everyServerKnown(broker, servers);
  return {
    call: {
      networks: (host, enable_dhcp_filter) => broker.call('bench.networks', { host, enable_dhcp_filter }),
      echo: (text) => broker.call('bench.echo', { text }),
      create_port: (port) => broker.call('bench.create_port', port),
      counted: () => broker.call('bench.counted'),
    },
    cast: (text) => broker.emit('bench.count', { text }),
    fanout: (text) => broker.broadcast('bench.count', { text }),
  };
}

async function brokerOf(url, namespace, nodeID) {
  const { ServiceBroker } = (await import('moleculer')).default;
  return new ServiceBroker({ namespace, nodeID, transporter: url, logger: false, requestTimeout: 10_000 });
}

/** Moleculer discovers its nodes one by one. */
function everyServerKnown(broker, servers) {
  const known = () => broker.registry.nodes.list({ onlyAvailable: true }).filter(({ id }) => id.startsWith('server-')).length;
  return new Promise((resolve) => {
    const check = () => (known() >= servers ? resolve() : setTimeout(check, 10));
    check();
  });
}
