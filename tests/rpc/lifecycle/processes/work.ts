/** The contract that processes of tests serve and call. */
import 'reflect-metadata';
import { Endpoint, RpcMethod, remote } from 'concord-rpc';

/** Work that takes time, or takes the process with it. */
@Endpoint({ topic: 'work' })
export abstract class Work {
  /** Resolves to the name of the server after so many milliseconds. */
  @RpcMethod({ returns: String }) sleep(_milliseconds: number): Promise<string> {
    return remote();
  }
  @RpcMethod() hang(): Promise<void> {
    return remote();
  }
  /** Ends the process in the middle of the call. */
  @RpcMethod() exit(_code: number): Promise<void> {
    return remote();
  }
}
