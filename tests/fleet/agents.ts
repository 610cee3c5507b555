/** One interface whose method was renamed twice, for tests of fleets where not everybody knows the newest name. */
import { IsOptional, IsString } from 'class-validator';
import { type Class, Endpoint, type EndpointOptions, RpcMethod, remote, Since } from 'concord-rpc';

const at = (version: string): EndpointOptions => ({ exchange: 'fleet', topic: 'agents', name: 'Agents', version });

/** What a handler got. */
export interface Heard {
  readonly server: string;
  readonly host: string;
  readonly why?: string;
}

/** An error that was there before the renames. */
export class NoSuchAgent extends Error {
  @IsOptional() @IsString() host?: string;
}

/** 1.0: no such method yet. */
@Endpoint(at('1.0'))
abstract class Agents10 {
  @RpcMethod() alive(): Promise<boolean> {
    return remote();
  }
}

/** 1.1: it comes as `status`. */
@Endpoint(at('1.1'))
abstract class Agents11 extends Agents10 {
  @RpcMethod({ since: '1.1', errors: [NoSuchAgent] }) status(_host: string): Promise<Heard> {
    return remote();
  }
  @RpcMethod({ mode: 'cast', since: '1.1' }) told(_host: string): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', since: '1.1' }) follow(_host: string): AsyncIterable<Heard> {
    return remote();
  }
}

/** 1.2: it is `state`. */
@Endpoint(at('1.2'))
abstract class Agents12 extends Agents10 {
  @RpcMethod({ since: '1.2', aliases: [{ name: 'status', since: '1.1' }], errors: [NoSuchAgent] })
  state(_host: string): Promise<Heard> {
    return remote();
  }
  @RpcMethod({ mode: 'cast', since: '1.1' }) told(_host: string): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', since: '1.1' }) follow(_host: string): AsyncIterable<Heard> {
    return remote();
  }
}

/** 1.3: it is `getState`, with one more argument; a cast and a stream have new names too. */
@Endpoint(at('1.3'))
export abstract class Agents13 extends Agents10 {
  @RpcMethod({
    since: '1.3',
    aliases: [
      { name: 'state', since: '1.2' },
      { name: 'status', since: '1.1' },
    ],
    errors: [NoSuchAgent],
  })
  getState(_host: string, @Since('1.3', { droppable: true }) _why?: string): Promise<Heard> {
    return remote();
  }
  @RpcMethod({ mode: 'cast', since: '1.3', aliases: [{ name: 'told', since: '1.1' }] })
  tell(_host: string, @Since('1.3', { droppable: true }) _why?: string): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', since: '1.3', aliases: [{ name: 'follow', since: '1.1' }] })
  watch(_host: string, @Since('1.3') _why?: string): AsyncIterable<Heard> {
    return remote();
  }
}

/** The releases by version. */
export const AGENTS: Readonly<Record<'1.0' | '1.1' | '1.2' | '1.3', Class<object>>> = {
  '1.0': Agents10,
  '1.1': Agents11,
  '1.2': Agents12,
  '1.3': Agents13,
};

/** The clients of the older releases know the method by these. */
export interface OlderAgents {
  status(host: string): Promise<Heard>;
  state(host: string): Promise<Heard>;
}

/** Handlers of any release; casts are put into `casts`. */
export function agentHandlers(server: string, casts: Heard[]): object {
  const heard = (host: string, why?: string): Heard => ({ server, host, ...(why !== undefined && { why }) });
  const state = async (host: string, why?: string) => {
    if (host === 'nobody') throw Object.assign(new NoSuchAgent('no such agent'), { host });
    return heard(host, why);
  };
  const told = async (host: string, why?: string) => void casts.push(heard(host, why));
  async function* follow(host: string, why?: string) {
    yield heard(host, why);
  }
  return { alive: async () => true, status: state, state, getState: state, told, tell: told, follow, watch: follow };
}
