/** The contract: servers and clients use the same class. */
import { IsString } from 'class-validator';
import { Endpoint, RpcMethod, remote, Since } from 'concord-rpc';

/** The answer to a name. */
export class Greeting {
  @IsString() text!: string;
}

/** Greets people. The language was added in 1.1, so a call without it also works with a server at 1.0. */
@Endpoint({ topic: 'greeter', version: '1.1' })
export abstract class Greeter {
  @RpcMethod({ since: '1.0', returns: Greeting })
  greet(_name: string, @Since('1.1') _language?: string): Promise<Greeting> {
    return remote();
  }
}
