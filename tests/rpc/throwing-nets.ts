/** A contract that declares errors, and a server of it whose handlers throw whatever a test wants. */
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { type Class, type Client, createClient, Endpoint, RpcMethod, RpcServer, remote, type Transport } from 'concord-rpc';
import { type Broker, quietLogger } from './brokers';

/** Counts the instances of `NetworkNotFound` that a constructor made. */
export const constructed = { count: 0 };

/** A part of the data of an error, that may hold itself. */
export class Subnet {
  @IsString() cidr!: string;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Subnet) parts?: Subnet[];
  secret?: string;
}

/** A network that nobody has. Its constructor wants what never travels. */
export class NetworkNotFound extends Error {
  @IsString() networkId: string;
  @IsOptional() @IsArray() @IsString({ each: true }) looked?: unknown;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Subnet) subnets?: Subnet[];
  readonly password = 'hunter2';

  constructor(network: { id: string }, message = `no network ${network.id}`) {
    super(message);
    this.networkId = network.id;
    constructed.count++;
  }
  get short(): string {
    return this.networkId.slice(0, 3);
  }
}
/** Not declared: arrives as its parent. */
export class NetworkDeleted extends NetworkNotFound {}

/** Declared, without data. */
export class Busy extends Error {
  override name = 'SomethingElse';
}
/** Declared since 1.2. */
export class Late extends Busy {
  @IsInt() seconds = 7;
}
/** Expected. */
export class Quiet extends Error {}
/** Expected, since its parent is. */
export class Quieter extends Quiet {}

/** Declares errors for one method, and expects some for both. */
@Endpoint({ topic: 'nets', version: '1.2', name: 'Nets' })
export abstract class Nets {
  @RpcMethod({
    errors: [NetworkNotFound, { type: Busy, retryable: true }, { type: Late, since: '1.2' }],
    expected: [Quiet, RangeError],
  })
  get(_how: string): Promise<unknown> {
    return remote();
  }
  @RpcMethod({ expected: [Quiet] })
  other(_how: string): Promise<unknown> {
    return remote();
  }
}

/** The same interface, a release earlier. */
@Endpoint({ topic: 'nets', version: '1.1', name: 'Nets' })
export abstract class OldNets {
  @RpcMethod({ errors: [{ type: Busy }] })
  get(_how: string): Promise<unknown> {
    return remote();
  }
}

const otherNetworkNotFound = (() => {
  class NetworkNotFound extends Error {
    @IsInt() networkId!: number;
    @IsOptional() @IsString() why?: string;
  }
  return NetworkNotFound;
})();

/** The same interface, where the class of the same name wants other data. */
@Endpoint({ topic: 'nets', version: '1.2', name: 'Nets' })
export abstract class OtherNets {
  @RpcMethod({ errors: [otherNetworkNotFound] })
  get(_how: string): Promise<unknown> {
    return remote();
  }
}

/** An error of network `net-7`, changed. */
export function networkNotFound(change: (error: NetworkNotFound) => unknown = () => undefined): NetworkNotFound {
  const error = new NetworkNotFound({ id: 'net-7' });
  change(error);
  return error;
}

/** What a promise rejects with. */
export function failure(promise: Promise<unknown>): Promise<any> {
  return promise.then(
    () => Promise.reject(new Error('resolved')),
    (error) => error,
  );
}

/** A server called `s` and a client of `Nets`. */
export class ThrowingNets {
  private thrown: unknown;

  private constructor(
    readonly transport: Transport,
    readonly server: RpcServer,
    readonly logger: ReturnType<typeof quietLogger>,
    readonly client: Client<Nets>,
  ) {
    const get = () => {
      throw this.thrown;
    };
    server.register(Nets, { get: async () => get(), other: get });
  }

  static async start(broker: Broker): Promise<ThrowingNets> {
    const [transport, logger] = [await broker.connect(), quietLogger()];
    const server = new RpcServer(await broker.connect(), { server: 's', logger });
    const nets = new ThrowingNets(transport, server, logger, createClient(transport, Nets));
    await server.start();
    return nets;
  }

  /** What the handlers throw from now on. */
  throws(what: unknown): void {
    this.thrown = what;
  }

  /** What a caller with this contract gets when the handler of `get` throws something. */
  caught(what: unknown, type: Class<{ get(how: string): Promise<unknown> }> = Nets): Promise<any> {
    this.throws(what);
    return failure(createClient(this.transport, type as typeof Nets).get('x'));
  }

  /** The same of `other`, which declares nothing. */
  caughtOfOther(what: unknown): Promise<any> {
    this.throws(what);
    return failure(this.client.other('x'));
  }
}
