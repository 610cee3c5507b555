/** The interface as release 1.2 shipped it: `myRemoteMethod2` takes `arg2`, which callers at 1.1 do not send. */
import { Endpoint, RpcMethod, remote, Since } from 'concord-rpc';

/** The contract between servers and clients of this release. */
@Endpoint({ topic: 'my-topic', version: '1.2' })
export abstract class MyApi {
  @RpcMethod({ since: '1.0', returns: String })
  myRemoteMethod(arg1: string, arg2: string): Promise<string> {
    return remote();
  }

  @RpcMethod({ since: '1.1', returns: String })
  myRemoteMethod2(arg1: string, @Since('1.2') arg2?: string): Promise<string> {
    return remote();
  }
}
