/** What a server of release 1.2 runs. */
import type { MyApi } from './my-api';

/** Answers with its own name, so that one sees who served a call. */
export class MyService implements MyApi {
  constructor(private readonly server: string) {}

  async myRemoteMethod(arg1: string, arg2: string): Promise<string> {
    return `foo(${arg1}, ${arg2}) from ${this.server}`;
  }

  async myRemoteMethod2(arg1: string, arg2 = 'a default'): Promise<string> {
    return `bar(${arg1}, ${arg2}) from ${this.server}`;
  }
}
