/** Names of interfaces and methods as users write them: `Ports@1` and `Ports@1.list`. */
import { CommandFailure } from '../console/command-failure';

/** An interface; without a major, the newest that is served. */
export interface NamedInterface {
  readonly name: string;
  readonly major: number | undefined;
}

/** A method of an interface. */
export interface InterfaceMethod extends NamedInterface {
  readonly method: string;
}

const NAME = /^([A-Za-z0-9_-]{1,64})(?:@(\d{1,10}))?(?:\.([A-Za-z0-9_-]{1,64}))?$/;

/**
 * Reads the name of an interface, with or without a method.
 *
 * @throws CommandFailure if the text is not such a name.
 */
export function readName(text: string): NamedInterface & { readonly method: string | undefined } {
  const [, name, major, method] = NAME.exec(text) ?? [];
  if (name !== undefined) return { name, major: major === undefined ? undefined : Number(major), method };
  throw new CommandFailure(
    `${JSON.stringify(text.slice(0, 200))} is not the name of an interface or method`,
    'write Name@major or Name@major.method, for example Ports@1.list',
  );
}

/**
 * Reads the name of an interface.
 *
 * @throws CommandFailure if the text is not such a name.
 */
export function readEndpointName(text: string): NamedInterface {
  const { method, ...endpoint } = readName(text);
  if (method === undefined) return endpoint;
  throw new CommandFailure(`${text} names a method`, `leave it out: ${text.slice(0, -method.length - 1)}`);
}

/**
 * Reads the name of a method.
 *
 * @throws CommandFailure if the text is not such a name.
 */
export function readMethodName(text: string): InterfaceMethod {
  const { method, ...endpoint } = readName(text);
  if (method !== undefined) return { ...endpoint, method };
  throw new CommandFailure(`${text} names no method`, `name one: ${text}.METHOD; list them: concord describe ${text}`);
}
