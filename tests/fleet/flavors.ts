/** One interface in two releases, of which the newer takes more: values, limits, and less than had to be there. */
import { IsInt, IsOptional, IsString, Max } from 'class-validator';
import {
  Arg,
  Endpoint,
  type EndpointOptions,
  LimitsBefore,
  RequiredBefore,
  RpcMethod,
  remote,
  Since,
  ValuesSince,
} from 'concord-rpc';

const at = (version: string): EndpointOptions => ({ exchange: 'fleet', topic: 'flavors', name: 'Flavors', version });

const Page11 = pageOf11();

function pageOf11() {
  class Page {
    @IsInt() @Max(500) size!: number;
  }
  return Page;
}

/** 1.1: everything has to be there, within narrow limits. */
@Endpoint(at('1.1'))
export abstract class Flavors11 {
  @RpcMethod() list(
    @Arg({ enum: ['name', 'id'] }) _by: string,
    @Arg({ maximum: 100 }) _limit: number,
    @Arg({ type: [String], maxItems: 2, items: { maxLength: 4 } }) _tags: string[],
  ): Promise<string> {
    return remote();
  }
  @RpcMethod() page(@Arg({ type: Page11 }) @Since('1.1', { droppable: true }) _page?: object): Promise<string> {
    return remote();
  }
}

class Page {
  @RequiredBefore('1.2') @IsOptional() @IsInt() @Max(500) size?: number;
  @Since('1.2') @IsOptional() @IsString() after?: string;
}

/** 1.2: more of everything, and less has to be there. */
@Endpoint(at('1.2'))
export abstract class Flavors12 {
  @RpcMethod() list(
    @Arg({ enum: ['name', 'id', 'age'] }) @ValuesSince('1.2', ['age']) _by: string,
    @Arg({ maximum: 500 }) @LimitsBefore('1.2', { maximum: 100 }) @RequiredBefore('1.2') _limit?: number,
    @Arg({ type: [String], maxItems: 3, items: { maxLength: 4 } })
    @LimitsBefore('1.2', { maxItems: 2 })
    @RequiredBefore('1.2')
    _tags?: string[],
  ): Promise<string> {
    return remote();
  }
  @RpcMethod() page(@Since('1.1', { droppable: true }) _page?: Page): Promise<string> {
    return remote();
  }
}
