/** `@Deprecated` and `stability`: in contracts as they are read from classes, in what checks make of them, and what is refused. */
import type { ContractDocument } from '@concord-rpc/core';
import { diff, lint } from '@concord-rpc/evolution';
import { IsOptional, IsString } from 'class-validator';
import {
  Arg,
  type Class,
  contractOf,
  createClient,
  Deprecated,
  Endpoint,
  MemoryTransport,
  RpcMethod,
  RpcServer,
  remote,
  Since,
} from 'concord-rpc';

class Filter {
  @IsString() network!: string;
  @Deprecated('1.2', { removeIn: '2.0', use: 'network' }) @IsOptional() @IsString() net?: string;
}

@Endpoint({ topic: 'ports', version: '1.2', stability: 'beta' })
class Ports {
  @Deprecated('1.2', { removeIn: '2.0', use: 'find', why: 'it reads every port' })
  @RpcMethod({ returns: [String] })
  list(_filter: Filter): Promise<string[]> {
    return remote();
  }

  @RpcMethod({ since: '1.1', returns: [String] })
  find(
    _host: string,
    @Since('1.1') @Deprecated('1.2', { removeIn: '2.0' }) @Arg({ optional: true }) _all?: boolean,
  ): Promise<string[]> {
    return remote();
  }
}

const snapshot = contractOf(Ports);
const rulesOf = (findings: readonly { rule: string; path: string }[]) => findings.map(({ rule, path }) => `${rule} ${path}`);

test('methods, arguments and fields say since when, until when and what instead', () => {
  const { stability, methods } = snapshot.endpoints['Ports@1']!;
  expect(stability).toBe('beta');
  expect(methods.list!.deprecated).toEqual({ since: '1.2', removeIn: '2.0', use: 'find', why: 'it reads every port' });
  expect(methods.find!.args![1]!.deprecated).toEqual({ since: '1.2', removeIn: '2.0' });
  expect(snapshot.types!.Filter!.properties!.net!.deprecated).toEqual({ since: '1.2', removeIn: '2.0', use: 'network' });
  expect(lint(snapshot).findings).toEqual([]);
});

test('what is deprecated works as before, for clients and servers', async () => {
  const transport = new MemoryTransport();
  const server = new RpcServer(transport).register(Ports, { list: async ({ net }) => [net!], find: async () => [] });
  await server.start();
  expect(await createClient(transport, Ports).list({ network: 'n', net: 'old' })).toEqual(['old']);
  await server.stop();
});

test('a new major that lacks what was announced is no surprise; one that lacks more is', () => {
  @Endpoint({ topic: 'ports', version: '2.0', name: 'Ports' })
  class Next {
    @RpcMethod({ returns: [String] })
    search(): Promise<string[]> {
      return remote();
    }
  }
  const both: ContractDocument = {
    ...snapshot,
    endpoints: { ...snapshot.endpoints, ...contractOf(Next).endpoints },
  };
  const surprises = diff(snapshot, both).findings.filter(({ rule }) => rule === 'REMOVED_WITHOUT_DEPRECATION');
  expect(rulesOf(surprises)).toEqual(['REMOVED_WITHOUT_DEPRECATION Ports@2/find']);
});

test('an experimental interface can break: nothing of it is worse than a note', () => {
  @Endpoint({ topic: 'trial', version: '1.0', name: 'Trial', stability: 'experimental' })
  class Before {
    @RpcMethod({ returns: null }) gone() {}
    @RpcMethod({ returns: null }) kept() {}
  }
  @Endpoint({ topic: 'trial', version: '1.0', name: 'Trial', stability: 'experimental' })
  class After {
    @RpcMethod({ returns: null }) kept() {}
  }
  const { findings } = diff(contractOf(Before), contractOf(After));
  expect(findings.map(({ rule, severity }) => [rule, severity])).toContainEqual(['METHOD_REMOVED', 'info']);
  expect(findings.every(({ severity }) => severity === 'info')).toBe(true);
});

function withMark(decorate: (prototype: object) => void, more: object = {}): Class {
  class Nets {
    get(_id: string) {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(Nets.prototype, 'get')!;
  RpcMethod({ returns: null })(Nets.prototype, 'get', descriptor);
  Arg({ type: String })(Nets.prototype, 'get', 0);
  decorate(Nets.prototype);
  Endpoint({ topic: 'nets', version: '1.1', ...more })(Nets);
  return Nets;
}
const onMethod = (prototype: object, mark: ReturnType<typeof Deprecated>) =>
  mark(prototype, 'get', Object.getOwnPropertyDescriptor(prototype, 'get'));

test.each<[string, () => Class, string]>([
  [
    'a version to come',
    () => withMark((prototype) => onMethod(prototype, Deprecated('1.2'))),
    "[invalid_contract] Nets.get (deprecated) has since 1.2, above the endpoint's version 1.1: raise the version of @Endpoint",
  ],
  [
    'a version that is none, for its end',
    () => withMark((prototype) => onMethod(prototype, Deprecated('1.1', { removeIn: 'soon' }))),
    '[invalid_version] removeIn of Nets.get must be "major.minor"',
  ],
  [
    'something else that is no text',
    () => withMark((prototype) => onMethod(prototype, Deprecated('1.1', { use: 5 as unknown as string }))),
    '[invalid_contract] Nets.get has @Deprecated with use 5, which must be a string',
  ],
  [
    'a method that is not one of the interface',
    () => withMark((prototype) => Deprecated('1.1')(prototype, 'other', { value: () => undefined })),
    '[invalid_contract] Nets.other has @Deprecated but no @RpcMethod()',
  ],
  [
    'a stability that is none',
    () => withMark(() => undefined, { stability: 'rock' }),
    '[invalid_contract] Nets has stability "rock"; a stability is one of "experimental", "beta", "stable"',
  ],
])('refused: %s', (_, make, message) => {
  expect(() => contractOf(make())).toThrow(message);
});

test('refused: a field without a validator', () => {
  class Lost {
    @IsString() id!: string;
    @Deprecated('1.0') note?: string;
  }
  const type = withMark((prototype) => Arg({ type: Lost })(prototype, 'get', 0));
  expect(() => contractOf(type)).toThrow('Lost.note has @Deprecated and no class-validator decorator');
});
