/** Contracts that contradict themselves: each refused when it is registered, in one sentence that names class, member and values. */
import 'reflect-metadata';
import {
  IsOptional,
  IsString,
  Validate,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { Arg, type Class, contractOf, Endpoint, type EndpointOptions, isRpcError, RpcMethod, remote, Since } from 'concord-rpc';

class Filter {
  @IsString() id!: string;
}

const NO_BYTES = "has no known type: the JSON codec cannot carry bytes; @Endpoint({ codec: 'msgpack' }) can";
const SAY =
  'Write @Arg({ type: String }), @Arg({ type: [Item] }) or @Arg({ type: SomeDto }), or accept any value with @Arg({ unchecked: true })';

const FORM = 'must be "major.minor", two integers such as "1.2" (no leading zeros, spaces, signs, revisions or suffixes); got';
const shown = (value: unknown) =>
  Array.isArray(value) ? 'an array' : typeof value === 'object' && value !== null ? 'an object' : String(value);

/** One mistake: what it is, a class that makes it, and the sentence. */
const MISTAKES: [string, () => Class, string][] = [
  [
    'no @Endpoint',
    () => class Bare {},
    '[invalid_contract] class Bare is not a contract: decorate the class with @Endpoint({ topic, version })',
  ],
  [
    'not a class',
    () => 'Ports' as unknown as Class,
    '[invalid_contract] "Ports" is not a contract: decorate the class with @Endpoint({ topic, version })',
  ],
  [
    'no method',
    () => {
      @Endpoint({ topic: 't' })
      class Empty {}
      return Empty;
    },
    '[invalid_contract] Empty has no method: decorate one with @RpcMethod()',
  ],
  ...['1', '01.1', '1.-1', '1.1.1', ' 1.0'].map((version): [string, () => Class, string] => [
    `version ${JSON.stringify(version)}`,
    () => {
      @Endpoint({ topic: 't', version })
      class Ports {
        @RpcMethod() list(): void {}
      }
      return Ports;
    },
    `[invalid_version] version of Ports must be "major.minor", two integers such as "1.2" (no leading zeros, spaces, signs, revisions or suffixes); got ${JSON.stringify(version)}`,
  ]),
  ...['a b', 'a.b', '*', '>', 'x\r\nPUB y 0', ''].map((topic): [string, () => Class, string] => [
    `topic ${JSON.stringify(topic)}`,
    () => {
      @Endpoint({ topic })
      class Ports {
        @RpcMethod() list(): void {}
      }
      return Ports;
    },
    `[invalid_target] topic of Ports must be 1 to 64 letters, digits, "_" or "-"; got ${JSON.stringify(topic)}`,
  ]),
  [
    'a reserved namespace',
    () => {
      @Endpoint({ topic: 't', namespace: '_concord' })
      class Ports {
        @RpcMethod() list(): void {}
      }
      return Ports;
    },
    '[invalid_target] namespace of Ports "_concord" is reserved: names that begin with "_" belong to Concord',
  ],
  [
    'since above the version',
    () => {
      @Endpoint({ topic: 't', version: '1.2' })
      class Ports {
        @RpcMethod({ since: '1.3' }) list(): void {}
      }
      return Ports;
    },
    "[invalid_contract] Ports.list has since 1.3, above the endpoint's version 1.2: raise the version of @Endpoint",
  ],
  ...[1.2, null, {}, { Ports: '1.1' }, { Other: '1.1' }, ['1.1'], new Date(0), true].flatMap(
    (since): [string, () => Class, string][] => [
      [
        `since ${JSON.stringify(since)} of a method`,
        () => {
          @Endpoint({ topic: 't', version: '1.2' })
          class Ports {
            @RpcMethod({ since: since as never }) list(): void {}
          }
          return Ports;
        },
        `[invalid_version] since of Ports.list ${FORM} ${shown(since)}`,
      ],
      [
        `since ${JSON.stringify(since)} of a former name`,
        () => {
          @Endpoint({ topic: 't', version: '1.2' })
          class Ports {
            @RpcMethod({ aliases: [{ name: 'old', since: since as never }] }) list(): void {}
          }
          return Ports;
        },
        `[invalid_version] since of Ports.list (alias) ${FORM} ${shown(since)}`,
      ],
    ],
  ),
  ...[1.2, null, {}, ['1.1'], new Date(0), { Ports: 1.1 }].map((since): [string, () => Class, string] => [
    `@Since(${JSON.stringify(since)}) of a field`,
    () => {
      class Late {
        @Since(since as never) @IsOptional() @IsString() id?: string;
      }
      @Endpoint({ topic: 't', version: '1.2' })
      class Ports {
        @RpcMethod() list(late: Late): void {
          void late;
        }
      }
      return Ports;
    },
    `[invalid_version] since of Ports: Late.id ${FORM} ${typeof since === 'object' && since !== null && 'Ports' in since ? '1.1' : shown(since)}`,
  ]),
  [
    'since of another major',
    () => {
      @Endpoint({ topic: 't', version: '2.0' })
      class Ports {
        @RpcMethod({ since: '1.3' }) list(): void {}
      }
      return Ports;
    },
    "[invalid_contract] Ports.list has since 1.3, which is of another major than the endpoint's version 2.0",
  ],
  [
    'a late argument that is required',
    () => {
      @Endpoint({ topic: 't', version: '1.2' })
      class Ports {
        @RpcMethod({ since: '1.1' }) list(@Since('1.2') @Arg({ optional: false }) host: string): void {
          void host;
        }
      }
      return Ports;
    },
    '[invalid_contract] Ports.list(host) was added in 1.2, after its method (1.1), and is required: callers at 1.1 do not send it',
  ],
  [
    'an old argument after a late one',
    () => {
      @Endpoint({ topic: 't', version: '1.2' })
      class Ports {
        @RpcMethod() list(@Since('1.2') late: string, old: string): void {
          void [late, old];
        }
      }
      return Ports;
    },
    '[invalid_contract] Ports.list(old) was added in 1.0 and stands after late, which was added in 1.2: late arguments go last',
  ],
  [
    'a required argument after an optional one',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() list(@Arg({ optional: true }) a: string, b: string): void {
          void [a, b];
        }
      }
      return Ports;
    },
    '[invalid_contract] Ports.list(b) is required and stands after a, which is optional: add @Arg({ optional: true }) if it can be left out',
  ],
  [
    'a type that is erased',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() list(filter: { id: string }): void {
          void filter;
        }
      }
      return Ports;
    },
    '[invalid_contract] Ports.list(filter) has no known type: its type is erased at run time (reflection gives only Object). Write @Arg({ type: String }), @Arg({ type: [Item] }) or @Arg({ type: SomeDto }), or accept any value with @Arg({ unchecked: true })',
  ],
  [
    'an array whose items are not said',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() list(filters: Filter[]): void {
          void filters;
        }
      }
      return Ports;
    },
    '[invalid_contract] Ports.list(filters) has no known type: its type is erased at run time (reflection gives only Array). Write @Arg({ type: String }), @Arg({ type: [Item] }) or @Arg({ type: SomeDto }), or accept any value with @Arg({ unchecked: true })',
  ],
  ...([undefined, [undefined], [[undefined]]] as unknown as StringConstructor[]).map((type): [string, () => Class, string] => [
    `the type ${JSON.stringify([type])} in @Arg, as a module that has not run yet gives it`,
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() list(@Arg({ type }) filter: Filter): void {
          void filter;
        }
      }
      return Ports;
    },
    '[invalid_contract] Ports.list(filter) has no known type: the type is undefined where the decorator runs, because its module is imported in a circle: write () => Item in its place',
  ]),
  [
    'bytes in a DTO, which JSON loses',
    () => {
      class Checked {
        @IsOptional() at?: Uint8Array;
      }
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() list(filter: Checked): void {
          void filter;
        }
      }
      return Ports;
    },
    `[invalid_contract] Checked.at (argument filter of Ports.list) ${NO_BYTES}. For a nested DTO write @ValidateNested() and @Type(() => Item) of class-transformer; for a list of plain values a validator with { each: true }`,
  ],
  [
    'bytes, which JSON loses',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() list(@Arg({ type: [Buffer] }) keys: Buffer[]): void {
          void keys;
        }
      }
      return Ports;
    },
    `[invalid_contract] Ports.list(keys) has no known type: the JSON codec cannot carry bytes; @Endpoint({ codec: 'msgpack' }) can. ${SAY}`,
  ],
  [
    'a result of bytes, which JSON loses',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod({ returns: Uint8Array }) list(): void {}
      }
      return Ports;
    },
    `[invalid_contract] Ports.list declares returns, but ${NO_BYTES.replace('has no known type: ', '')}`,
  ],
  [
    'a Map, which no codec carries',
    () => {
      @Endpoint({ topic: 't', codec: 'msgpack' })
      class Ports {
        @RpcMethod() list(names: Map<string, string>): void {
          void names;
        }
      }
      return Ports;
    },
    `[invalid_contract] Ports.list(names) has no known type: no codec carries Map. ${SAY}`,
  ],
  [
    'an unknown codec',
    () => {
      @Endpoint({ topic: 't', codec: 'cbor' as 'json' })
      class Ports {
        @RpcMethod() list(): void {}
      }
      return Ports;
    },
    '[invalid_contract] Ports has codec "cbor"; a codec is one of "json", "msgpack"',
  ],
  [
    'a rest parameter',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() list(...hosts: string[]): void {
          void hosts;
        }
      }
      return Ports;
    },
    '[invalid_contract] Ports.list(hosts) is a rest parameter: pass an array, so that versions can add arguments after it',
  ],
  [
    'a DTO without validators',
    () => {
      class Plain {
        id!: string;
      }
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() list(filter: Plain): void {
          void filter;
        }
      }
      return Ports;
    },
    '[invalid_contract] Plain (argument filter of Ports.list) has no field with a class-validator decorator, so it could not be checked: decorate its fields, or write @Arg({ unchecked: true })',
  ],
  [
    'a late DTO field that is required',
    () => {
      class Late {
        @Since('1.1') @IsString() id!: string;
      }
      @Endpoint({ topic: 't', version: '1.1' })
      class Ports {
        @RpcMethod() list(filter: Late): void {
          void filter;
        }
      }
      return Ports;
    },
    '[invalid_contract] Late.id was added in minor 1 and is required: callers of an older version (argument filter of Ports.list, minor 0) do not send it; add @IsOptional()',
  ],
  [
    '@Since on a field without validator',
    () => {
      class Half {
        @IsString() id!: string;
        @Since('1.1') color?: string;
      }
      @Endpoint({ topic: 't', version: '1.1' })
      class Ports {
        @RpcMethod() list(filter: Half): void {
          void filter;
        }
      }
      return Ports;
    },
    '[invalid_contract] Half.color has @Since and no class-validator decorator, so it would be removed as an unknown property: add, for example, @IsOptional() @IsString()',
  ],
  [
    'a nested list whose items are not said',
    () => {
      class Holder {
        @ValidateNested({ each: true }) filters!: Filter[];
      }
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() list(holder: Holder): void {
          void holder;
        }
      }
      return Ports;
    },
    '[invalid_contract] Holder.filters (argument holder of Ports.list) has no known type: no @Type names the class of its items (if one is written, it went to another copy of class-transformer: install one, and keep it out of bundles). For a nested DTO write @ValidateNested() and @Type(() => Item) of class-transformer; for a list of plain values a validator with { each: true }',
  ],
  [
    'an asynchronous validator',
    () => {
      @ValidatorConstraint()
      class InDatabase implements ValidatorConstraintInterface {
        async validate(): Promise<boolean> {
          return true;
        }
      }
      class Slow {
        @Validate(InDatabase) id!: string;
      }
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() list(slow: Slow): void {
          void slow;
        }
      }
      return Ports;
    },
    '[invalid_contract] Slow.id has an asynchronous validator (InDatabase), but arguments are checked synchronously: make this check in the handler',
  ],
  [
    'a validator class that class-validator does not know',
    () => {
      class Never implements ValidatorConstraintInterface {
        validate(): boolean {
          return false;
        }
      }
      class Lax {
        @Validate(Never) id!: string;
      }
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() list(lax: Lax): void {
          void lax;
        }
      }
      return Ports;
    },
    '[invalid_contract] Lax.id has a validator that would never run: decorate class Never with @ValidatorConstraint()',
  ],
  [
    'two DTOs of one name',
    () => {
      const Other = (() => {
        class Filter {
          @IsOptional() @IsString() other?: string;
        }
        return Filter;
      })();
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() list(@Arg({ type: Filter }) a: unknown, @Arg({ type: Other }) b: unknown): void {
          void [a, b];
        }
      }
      return Ports;
    },
    '[invalid_contract] two DTO classes are called Filter (the second is the argument b of Ports.list): rename one',
  ],
  [
    'a cast with a result',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod({ mode: 'cast', returns: String }) list(): void {}
      }
      return Ports;
    },
    '[invalid_contract] Ports.list has mode "cast", which has no result, and declares returns',
  ],
  ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31].map((timeout): [string, () => Class, string] => [
    `a timeout of ${timeout}`,
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod({ timeout }) list(): void {}
      }
      return Ports;
    },
    `[invalid_contract] Ports.list has timeout ${timeout}; it must be a number of milliseconds above 0 and at most 2147483647`,
  ]),
  [
    'an idempotency window of nothing',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod({ idempotencyWindow: 0 }) list(): void {}
      }
      return Ports;
    },
    '[invalid_contract] Ports.list has idempotencyWindow 0; it must be a number of milliseconds above 0 and at most 2147483647',
  ],
  ...(['cast', 'fanout', 'stream'] as const).map((mode): [string, () => Class, string] => [
    `an idempotency window of a ${mode}`,
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod({ mode, idempotencyWindow: 60_000 }) list(): void {}
      }
      return Ports;
    },
    `[invalid_contract] Ports.list has mode "${mode}", which is never retried, and declares idempotencyWindow`,
  ]),
  [
    'an unknown mode',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod({ mode: 'shout' as 'cast' }) list(): void {}
      }
      return Ports;
    },
    '[invalid_contract] Ports.list has mode "shout"; a mode is one of "call", "cast", "fanout", "stream"',
  ],
  [
    '@RpcMethod twice',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() @RpcMethod() list(): void {}
      }
      return Ports;
    },
    '[invalid_contract] Ports has @RpcMethod twice on list',
  ],
  [
    '@Since on a method',
    () => {
      @Endpoint({ topic: 't', version: '1.1' })
      class Ports {
        @Since('1.1') @RpcMethod() list(): void {}
      }
      return Ports;
    },
    "[invalid_contract] Ports has @Since on the method list: write @RpcMethod({ since: '…' })",
  ],
  [
    '@Arg without @RpcMethod',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        list(@Arg({ type: String }) host: string): void {
          void host;
        }
      }
      return Ports;
    },
    '[invalid_contract] Ports.list has a decorator on a parameter but no @RpcMethod()',
  ],
  [
    'a static method',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() static list(): void {}
      }
      return Ports;
    },
    '[invalid_contract] Ports has @RpcMethod on the static member list',
  ],
  [
    'a getter',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() get list(): string {
          return '';
        }
      }
      return Ports;
    },
    '[invalid_contract] Ports has @RpcMethod on list, which is not a method',
  ],
  ...['toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON', '__proto__', '__defineGetter__', 'isPrototypeOf'].map(
    (name): [string, () => Class, string] => [
      `a method called ${name}`,
      () => {
        class Ports {}
        Object.defineProperty(Ports.prototype, name, { value: () => undefined, configurable: true });
        RpcMethod()(Ports.prototype, name, { value: () => undefined });
        Endpoint({ topic: 't' })(Ports);
        return Ports;
      },
      `[invalid_contract] Ports.${name} cannot be a remote method: every JavaScript object has its own ${JSON.stringify(name)}`,
    ],
  ),
];

test.each(MISTAKES)('%s', (_name, build, sentence) => {
  let thrown: unknown;
  try {
    contractOf(build());
  } catch (error) {
    thrown = error;
  }
  if (!isRpcError(thrown)) throw thrown ?? new Error('nothing was refused');
  expect(thrown.message).toBe(sentence);
  expect(thrown).toMatchObject({ executed: 'no', retryable: false });
});

test('a method called constructor is refused', () => {
  class Ports {}
  RpcMethod()({ constructor: Ports }, 'constructor', { value: () => undefined });
  Endpoint({ topic: 't' })(Ports);
  expect(() => contractOf(Ports)).toThrow('[invalid_contract] Ports.constructor cannot be a remote method');
});

test('remote() says what is not implemented', () => {
  abstract class Ports {
    list(): Promise<string> {
      return remote();
    }
  }
  class Some extends Ports {}
  expect(() => new Some().list()).toThrow(
    /^\[not_implemented\] (Some|Ports)\.list is not implemented: remote\(\) is the stub body of a contract/,
  );
});

/** Every place where a name becomes a part of a subject, and names that would say something else to a broker. */
const PLACES: Record<string, (name: string) => Class> = {
  exchange: (exchange) => ports({ topic: 't', exchange }),
  topic: (topic) => ports({ topic }),
  namespace: (namespace) => ports({ topic: 't', namespace }),
  legacyNamespaces: (namespace) => ports({ topic: 't', legacyNamespaces: [namespace] }),
  'endpoint name': (name) => ports({ topic: 't', name }),
  'method name': (name) => {
    class Ports {}
    Object.defineProperty(Ports.prototype, name, { value: () => undefined });
    RpcMethod()(Ports.prototype, name);
    Endpoint({ topic: 't' })(Ports);
    return Ports;
  },
  'argument name': (name) => {
    class Ports {
      list(_host: string): void {}
    }
    Arg({ name, type: String })(Ports.prototype, 'list', 0);
    RpcMethod()(Ports.prototype, 'list');
    Endpoint({ topic: 't' })(Ports);
    return Ports;
  },
};
const HOSTILE = ['*', '>', 'a.b', 'a.*', 'a b', 'a\tb', 'x\r\nPUB other 0\r\n', '', 'ünï', 'a'.repeat(65), '$SYS', 'a\0b'];

function ports(options: EndpointOptions): Class {
  @Endpoint(options)
  class Ports {
    @RpcMethod() list(): void {}
  }
  return Ports;
}

describe.each(Object.entries(PLACES))('%s', (_place, build) => {
  test.each(HOSTILE)('%j is refused when the contract is registered', (name) => {
    expect(() => contractOf(build(name))).toThrow(/^\[invalid_target\] .* must be 1 to 64 letters, digits, "_" or "-"; got "/);
  });
});
