/** One interface in three releases, for tests of fleets that are not all at the same one. */
import { IsOptional, IsString } from 'class-validator';
import { Arg, type Class, Endpoint, type EndpointOptions, RpcMethod, remote, Since } from 'concord-rpc';

/** What a handler saw of a call. */
export interface Seen {
  readonly server: string;
  readonly host: string;
  readonly filter?: object;
}

const at = (version: string): EndpointOptions => ({ exchange: 'fleet', topic: 'ports', name: 'Ports', version });

class Filter12 {
  @IsString() network!: string;
}

/** The filter as of 1.3: one late field that may be left out, one that may not. */
export class Filter {
  @IsString() network!: string;
  @Since('1.3', { droppable: true }) @IsOptional() @IsString() mac?: string;
  @Since('1.3') @IsOptional() @IsString() owner?: string;
}

/** 1.1: no filter yet. */
@Endpoint(at('1.1'))
export abstract class Ports11 {
  @RpcMethod() getPorts(_host: string): Promise<Seen> {
    return remote();
  }
  @RpcMethod({ mode: 'cast' }) changed(_host: string): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'stream' }) watch(_host: string): AsyncIterable<Seen> {
    return remote();
  }
}

/** 1.2: a filter, which may be left out. */
@Endpoint(at('1.2'))
export abstract class Ports12 {
  @RpcMethod() getPorts(_host: string, @Since('1.2', { droppable: true }) _filter?: Filter12): Promise<Seen> {
    return remote();
  }
  @RpcMethod({ mode: 'cast' }) changed(_host: string, @Since('1.2', { droppable: true }) _filter?: Filter12): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'stream' }) watch(
    _host: string,
    @Since('1.2', { droppable: true }) _filter?: Filter12,
  ): AsyncIterable<Seen> {
    return remote();
  }
}

/** 1.3: two more fields in the filter, and a method. */
@Endpoint(at('1.3'))
export abstract class Ports13 {
  @RpcMethod() getPorts(
    @Arg({ name: 'host' }) _host: string,
    @Arg({ name: 'filter' }) @Since('1.2', { droppable: true }) _filter?: Filter,
  ): Promise<Seen> {
    return remote();
  }
  @RpcMethod({ mode: 'cast' }) changed(_host: string, @Since('1.2', { droppable: true }) _filter?: Filter): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'stream' }) watch(_host: string, @Since('1.2', { droppable: true }) _filter?: Filter): AsyncIterable<Seen> {
    return remote();
  }
  @RpcMethod({ since: '1.3' }) count(_host: string): Promise<number> {
    return remote();
  }
}

/** The releases by version. */
export const PORTS: Readonly<Record<'1.1' | '1.2' | '1.3', Class<Ports11>>> = {
  '1.1': Ports11,
  '1.2': Ports12,
  '1.3': Ports13,
};

/** Handlers of any release, which tell what they saw; casts are put into `casts`. */
export function portsHandlers(server: string, casts: Seen[] = []): Ports11 {
  const seen = (host: string, filter?: object): Seen => ({
    server,
    host,
    ...(filter !== undefined && { filter: { ...filter } }),
  });
  const handlers = {
    getPorts: async (host: string, filter?: object) => seen(host, filter),
    changed: async (host: string, filter?: object) => void casts.push(seen(host, filter)),
    async *watch(host: string, filter?: object) {
      yield seen(host, filter);
    },
    count: async () => 1,
  };
  return handlers;
}
