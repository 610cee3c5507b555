/** A contract of the tests for NestJS, with a method of each mode. */
import 'reflect-metadata';
import { IsInt, IsString, Min } from 'class-validator';
import { Arg, Endpoint, RpcMethod, remote } from 'concord-rpc';

/** An argument with rules. */
export class Key {
  @IsString() owner!: string;
  @IsInt() @Min(1) teeth!: number;
}

/** An error that the contract declares. */
export class Jammed extends Error {
  @IsString() door = '';
}

/** The contract. */
@Endpoint({ topic: 'doors', version: '1.1' })
export abstract class Doors {
  @RpcMethod({ returns: String, errors: [Jammed] })
  open(@Arg({ type: String }) _door: string, @Arg({ type: Key, optional: true }) _key?: Key): Promise<string> {
    return remote();
  }
  @RpcMethod()
  ring(@Arg({ type: String }) _door: string): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', returns: String })
  watch(@Arg({ type: String }) _door: string): AsyncIterable<string> {
    return remote();
  }
}

/** The calls of handlers in a test: a handler that was denied is not here. */
export const handled: string[] = [];

/** An implementation without decorators, for tests to decorate. */
export class PlainDoors {
  async open(door: string, _key?: Key): Promise<string> {
    handled.push(`open ${door}`);
    return `${door} is open`;
  }
  async ring(door: string): Promise<void> {
    handled.push(`ring ${door}`);
  }
  async *watch(door: string): AsyncIterable<string> {
    handled.push(`watch ${door}`);
    yield `${door} one`;
    yield `${door} two`;
  }
}
