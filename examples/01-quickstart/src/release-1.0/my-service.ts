/** The handlers of a server at release 1.0. */
import type { MyApi } from './my-api';

/** Answers with the name of its server, so that the output shows which server ran a call. */
export class MyService implements MyApi {
  constructor(private readonly server: string) {}

  async myRemoteMethod(arg1: string, arg2: string): Promise<string> {
    return `foo(${arg1}, ${arg2}) from ${this.server}`;
  }
}
