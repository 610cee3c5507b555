/** NestJS over NATS: a controller with message patterns and a `ClientProxy`; its decorators are applied by hand, as a compiler would do. */
import 'reflect-metadata';
import { networkRequestClass, portClass, textClass } from '../dto.mjs';

export async function serve({ url, scope, servers, handlers, options }) {
  const { Module } = await import('@nestjs/common');
  const { NestFactory } = await import('@nestjs/core');
  const { Transport } = await import('@nestjs/microservices');
  for (let server = 0; server < servers; server++) {
    class BenchModule {}
    Module({ controllers: [await controllerOf(scope, handlers)] })(BenchModule);
    const app = await NestFactory.createMicroservice(BenchModule, {
      transport: Transport.NATS,
      options: { servers: [url] },
      logger: ['error', 'warn'],
    });
    if (options.validation) app.useGlobalPipes(await validationPipe());
    await app.listen();
  }
}

export async function connect({ url, scope }) {
  const { ClientProxyFactory, Transport } = await import('@nestjs/microservices');
  const { firstValueFrom, lastValueFrom } = await import('rxjs');
  const client = ClientProxyFactory.create({ transport: Transport.NATS, options: { servers: [url] } });
  await client.connect();
  const send = (method, payload) => firstValueFrom(client.send(`${scope}.${method}`, payload));
  const emit = (event, payload) => lastValueFrom(client.emit(`${scope}.${event}`, payload), { defaultValue: undefined });
  return {
    call: {
      networks: (host, enable_dhcp_filter) => send('networks', { host, enable_dhcp_filter }),
      echo: (text) => send('echo', { text }),
      create_port: (port) => send('create_port', port),
      counted: () => send('counted', {}),
    },
    cast: (text) => emit('count', { text }),
    fanout: (text) => emit('all.count', { text }),
  };
}

async function validationPipe() {
  const { ValidationPipe } = await import('@nestjs/common');
  return new ValidationPipe({ transform: true });
}

/** A controller whose payloads are DTO classes, as in Nest's documentation. Only the pipe validates them. */
async function controllerOf(scope, handlers) {
  const { EventPattern, MessagePattern, Payload } = await import('@nestjs/microservices');
  const libraries = { ...(await import('class-validator')), ...(await import('class-transformer')) };
  const queue = { queue: 'workers' };
  class BenchController {
    networks({ host, enable_dhcp_filter }) {
      return handlers.networks(host, enable_dhcp_filter);
    }
    echo({ text }) {
      return handlers.echo(text);
    }
    create_port(port) {
      return handlers.create_port(port);
    }
    counted() {
      return handlers.counted();
    }
    count({ text }) {
      handlers.count(text);
    }
    countAll({ text }) {
      handlers.count(text);
    }
  }
  const Text = textClass(libraries);
  const patterns = [
    ['networks', MessagePattern(`${scope}.networks`, queue), networkRequestClass(libraries)],
    ['echo', MessagePattern(`${scope}.echo`, queue), Text],
    ['create_port', MessagePattern(`${scope}.create_port`, queue), portClass(libraries)],
    ['counted', MessagePattern(`${scope}.counted`, queue), Object],
    ['count', EventPattern(`${scope}.count`, queue), Text],
    ['countAll', EventPattern(`${scope}.all.count`), Text],
  ];
  const { Controller } = await import('@nestjs/common');
  const { prototype } = BenchController;
  for (const [name, pattern, payload] of patterns) {
    Reflect.defineMetadata('design:paramtypes', [payload], prototype, name);
    Payload()(prototype, name, 0);
    pattern(prototype, name, Object.getOwnPropertyDescriptor(prototype, name));
  }
  Controller()(BenchController);
  return BenchController;
}
