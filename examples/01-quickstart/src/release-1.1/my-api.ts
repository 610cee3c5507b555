/** The interface as release 1.1 shipped it: `myRemoteMethod2` is new, so the version is raised. */
import { Endpoint, RpcMethod, remote } from 'concord-rpc';

/** The contract between servers and clients of this release. */
@Endpoint({ topic: 'my-topic', version: '1.1' })
export abstract class MyApi {
  @RpcMethod({ since: '1.0', returns: String })
  myRemoteMethod(arg1: string, arg2: string): Promise<string> {
    return remote();
  }

  @RpcMethod({ since: '1.1', returns: String })
  myRemoteMethod2(arg1: string): Promise<string> {
    return remote();
  }
}
