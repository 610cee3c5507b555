/** The interface as release 1.0 shipped it: one method. */
import { Endpoint, RpcMethod, remote } from 'concord-rpc';

/** The contract between servers and clients of this release. */
@Endpoint({ topic: 'my-topic', version: '1.0' })
export abstract class MyApi {
  @RpcMethod({ since: '1.0', returns: String })
  myRemoteMethod(arg1: string, arg2: string): Promise<string> {
    return remote();
  }
}
