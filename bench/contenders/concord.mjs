/** Concord with its defaults: a decorated contract of three minor versions, its client, and validated arguments. */
import { createRequire } from 'node:module';
import { portClass } from '../dto.mjs';
import { furtherMethod } from '../workloads.mjs';

/** The build of this repository and its copy of class-validator; decorators of another copy would have no effect. */
const require = createRequire(new URL('../../packages/concord-rpc/dist/index.js', import.meta.url));
let memory;

export async function serve({ url, scope, servers, methods, plain, handlers, options }) {
  const { RpcServer } = require('./index.js');
  const contract = contractOf(scope, methods, plain);
  const all = { ...handlers };
  for (let index = 0; index < methods; index++) all[furtherMethod(index)] = handlers.echo;
  for (let server = 0; server < servers; server++) {
    const rpcServer = new RpcServer(await transportOf(url, options), { server: `server-${server}` });
    await rpcServer.register(contract, all).start();
  }
}

/** `options`: `memory`, and those of `createClient`. */
export async function connect({ url, scope, methods, plain, options }) {
  const { createClient } = require('./index.js');
  const { memory: _, ...clientOptions } = options;
  const contract = contractOf(scope, methods, plain);
  const client = createClient(await transportOf(url, options), contract, { timeout: 10_000, ...clientOptions });
  return { call: client, cast: client.$cast.count, fanout: client.$fanout.count };
}

async function transportOf(url, { memory: inMemory }) {
  const { MemoryTransport, NatsTransport } = require('./index.js');
  return inMemory ? (memory ??= new MemoryTransport()) : NatsTransport.connect({ servers: url });
}

/** `plain`: without the method that takes a DTO, so that class-validator is not loaded. */
function contractOf(topic, methods, plain) {
  const { Arg, Endpoint, RpcMethod, remote, Since } = require('./index.js');
  class BenchApi {
    networks(_host, _enable_dhcp_filter) {
      return remote();
    }
    echo(_text) {
      return remote();
    }
    create_port(_port) {
      return remote();
    }
    count(_port_id) {
      return remote();
    }
    counted() {
      return remote();
    }
  }
  const { prototype } = BenchApi;
  const method = (name, since, ...types) => {
    RpcMethod({ since })(prototype, name, Object.getOwnPropertyDescriptor(prototype, name));
    types.forEach((type, index) => {
      Arg({ type })(prototype, name, index);
    });
  };
  method('networks', '1.1', String, Boolean);
  Since('1.2')(prototype, 'networks', 1);
  method('echo', '1.0', String);
  if (!plain) method('create_port', '1.3', portClass({ ...require('class-validator'), ...require('class-transformer') }));
  method('count', '1.0', String);
  method('counted', '1.0');
  for (let index = 0; index < methods; index++) {
    const name = furtherMethod(index);
    Object.defineProperty(prototype, name, {
      value: function further(_text) {
        return remote();
      },
    });
    method(name, '1.0', String);
  }
  Endpoint({ exchange: 'bench', topic, namespace: 'dhcp', version: '1.3' })(BenchApi);
  return BenchApi;
}
