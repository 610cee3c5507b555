/** Decorators of class-validator and class-transformer on DTOs: each is applied as there, or refused with the line to write. */
import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  getMetadataStorage,
  IsEnum,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  Arg,
  type Class,
  contractOf,
  createClient,
  Deprecated,
  Endpoint,
  LimitsBefore,
  MemoryTransport,
  RpcMethod,
  RpcServer,
  remote,
  Since,
  ValuesSince,
} from 'concord-rpc';

/** The storage that @nestjs/mapped-types writes to; the package does not export it. */
const { defaultMetadataStorage } = require('class-transformer/cjs/storage') as {
  readonly defaultMetadataStorage: {
    findTypeMetadata(target: unknown, property: string): object | undefined;
    addTypeMetadata(mark: object): void;
  };
};

/** Returns the endpoint of a contract with one argument. */
function endpointOf(type: Class): Class<{ put(value: unknown): Promise<unknown> }> {
  @Endpoint({ topic: 'others', version: '1.4' })
  abstract class Others {
    @RpcMethod({ returns: type }) put(@Arg({ type }) _value: unknown): Promise<unknown> {
      return remote();
    }
  }
  return Others;
}

/** Returns what a handler receives for a value; rejects as the call does. */
async function received(type: Class, value: unknown): Promise<unknown> {
  const transport = new MemoryTransport();
  let seen: unknown;
  const put = async (given: unknown) => {
    seen = given;
    return given;
  };
  const server = new RpcServer(transport, { server: 's' }).register(endpointOf(type), { put });
  await server.start();
  try {
    await createClient(transport, endpointOf(type)).put(value);
    return seen;
  } finally {
    await server.stop();
    await transport.close();
  }
}

class Item {
  @IsString() id!: string;
}
enum Level {
  Low,
  High,
}

/** Each mistake with its class and sentence. */
const REFUSED: [string, () => Class, string][] = [
  [
    '@Transform',
    () => {
      class Port {
        @IsString() @Transform(({ value }) => String(value).trim()) id!: string;
      }
      return Port;
    },
    'Port.id has @Transform, which does not run: remove it, and convert the value in the handler',
  ],
  [
    '@Transform in one direction',
    () => {
      class Port {
        @IsString() @Transform(({ value }) => value, { toPlainOnly: true }) id!: string;
      }
      return Port;
    },
    'Port.id has @Transform, which does not run',
  ],
  [
    '@Transform of a parent',
    () => {
      class Base {
        @IsString() @Transform(({ value }) => value) id!: string;
      }
      return class Port extends Base {};
    },
    'Port.id has @Transform, which does not run',
  ],
  [
    '@Expose with a name',
    () => {
      class Port {
        @IsString() @Expose({ name: 'port_id' }) id!: string;
      }
      return Port;
    },
    'Port.id has @Expose({ name }), which does not apply: write @Expose(), and name the field port_id',
  ],
  ...(['groups', 'since', 'until', 'toPlainOnly', 'toClassOnly'] as const).map((option): [string, () => Class, string] => [
    `@Expose with ${option}`,
    () => {
      class Port {
        @IsString() @Expose({ [option]: option === 'groups' ? ['a'] : option.startsWith('to') ? true : 1 }) id!: string;
      }
      return Port;
    },
    `Port.id has @Expose({ ${option} }), which does not apply: write @Expose(), and write a class for each direction, version or group`,
  ]),
  [
    '@Expose without a validator',
    () => {
      class Port {
        @IsString() id!: string;
        @Expose() get label(): string {
          return this.id;
        }
      }
      return Port;
    },
    'Port.label has @Expose() and no class-validator decorator, so it is not sent: add, for example, @IsString()',
  ],
  [
    '@Exclude with a validator',
    () => {
      class Port {
        @IsString() id!: string;
        @Exclude({ toPlainOnly: true }) @IsString() password!: string;
      }
      return Port;
    },
    'Port.password has @Exclude() and validators: to keep it out of the contract, remove its validators',
  ],
  [
    '@Exclude on the class',
    () => {
      @Exclude()
      class Port {
        @Expose() @IsString() id!: string;
        @IsString() password!: string;
      }
      return Port;
    },
    'Port.password has validators in a class with @Exclude(), and no @Expose()',
  ],
  [
    'groups',
    () => {
      class Port {
        @IsString({ groups: ['create', 'update'] }) id!: string;
      }
      return Port;
    },
    'Port.id has validators in groups (create, update), and a call states no group: write a class for each group',
  ],
  [
    'a Map',
    () => {
      class Port {
        @IsObject() tags!: Map<string, string>;
      }
      return Port;
    },
    'Port.tags is a Map, which no codec carries: write an array of entries, or a Record with @IsObject()',
  ],
  [
    'a Map of DTOs',
    () => {
      class Port {
        @ValidateNested() @Type(() => Item) items!: Map<string, Item>;
      }
      return Port;
    },
    'Port.items is a Map, which no codec carries',
  ],
  [
    'a Set',
    () => {
      class Port {
        @IsOptional() @IsString({ each: true }) tags!: Set<string>;
      }
      return Port;
    },
    'Port.tags is a Set, which no codec carries: write an array',
  ],
  [
    'a @Type function with options',
    () => {
      class Port {
        @ValidateNested() @Type(({ object }: any) => (object.kind === 'item' ? Item : Port)) item!: Item;
      }
      return Port;
    },
    'Port.item has a @Type function that chooses by the value: write @Type(() => Base, { discriminator: { property, subTypes } })',
  ],
  [
    'a @Type function that throws',
    () => {
      class Port {
        @ValidateNested() @Type(() => (undefined as any).Item) item!: Item;
      }
      return Port;
    },
    'Port.item has a @Type function that throws (',
  ],
  [
    'a @Type function that gives undefined',
    () => {
      class Port {
        @ValidateNested({ each: true }) @Type(() => undefined as never) items!: Item[];
      }
      return Port;
    },
    'Port.items has a @Type function that returns undefined: its module is imported in a circle, or does not export it',
  ],
];

test.each(REFUSED)('%s is refused', (_what, make, sentence) => {
  expect(() => contractOf(endpointOf(make()))).toThrow(sentence);
});

test('@Expose() and @Exclude() without options say what the validators say', async () => {
  @Exclude()
  class User {
    @Expose() @IsString() id!: string;
    password?: string;
  }
  expect(await received(User, { id: 'u', password: 'p' })).toEqual({ id: 'u' });
});

describe('a numeric enum', () => {
  class Alarm {
    @IsEnum(Level) level!: Level;
    @IsOptional() @IsEnum(Level, { each: true }) others?: Level[];
  }

  test('takes its values', async () => {
    expect(await received(Alarm, { level: 1, others: [0] })).toEqual({ level: Level.High, others: [Level.Low] });
  });

  test.each([
    [{ level: 'High' }, 'value.level'],
    [{ level: 0, others: [1, 'Low'] }, 'value.others'],
    [{ level: 2 }, 'value.level'],
    [{ level: '1' }, 'value.level'],
  ])('%j is refused, also where class-validator takes the name', async (value, path) => {
    await expect(received(Alarm, value)).rejects.toMatchObject({ code: 'invalid_argument', data: { violations: [{ path }] } });
  });
});

/** Does what `PartialType`, `PickType` and `OmitType` of @nestjs/mapped-types do: copies decorators to a class of its own. */
function mapped<T>(
  parent: new () => T,
  keep: (name: string) => boolean,
  isPartial = false,
): Class<Partial<T>> & (new () => Partial<T>) {
  class Mapped {}
  const storage = getMetadataStorage();
  const own = storage.getTargetValidationMetadatas(parent, '', false, false).filter(({ propertyName }) => keep(propertyName));
  for (const each of own) {
    const { propertyName } = each;
    storage.addValidationMetadata({ ...each, target: Mapped } as never);
    const type = Reflect.getMetadata('design:type', parent.prototype as object, propertyName);
    if (type) Reflect.defineMetadata('design:type', type, Mapped.prototype, propertyName);
    const mark = defaultMetadataStorage.findTypeMetadata(parent, propertyName);
    if (mark !== undefined) defaultMetadataStorage.addTypeMetadata({ ...mark, target: Mapped });
  }
  if (isPartial) for (const { propertyName } of own) IsOptional()(Mapped.prototype, propertyName);
  return Mapped as never;
}

class Disk {
  @IsInt() size!: number;
}
const subTypes = [
  { name: 'disk', value: Disk },
  { name: 'item', value: Item },
];
class Port {
  @IsString() id!: string;
  @Since('1.1') @IsOptional() @ValidateNested() @Type(() => Item) item?: Item;
  @ValuesSince('1.3', ['disk'])
  @ValidateNested()
  @Type(() => Object, { discriminator: { property: 'kind', subTypes } })
  device!: object;
  @Since('1.2') @IsOptional() @IsString() mac?: string;
  @Since('1.3') @IsOptional() flags?: boolean;
  @LimitsBefore('1.4', { maxLength: 8 }) @IsOptional() @MaxLength(64) name?: string;
  @ValuesSince('1.4', ['DOWN']) @IsOptional() @IsEnum({ UP: 'UP', DOWN: 'DOWN' }) status?: string;
  @Deprecated('1.3', { use: 'name' }) @IsOptional() @IsInt() @Min(1) mtu?: number;
}

describe('a mapped type keeps the marks of its fields', () => {
  const typeOf = (type: Class) => contractOf(endpointOf(type)).types![type.name]!;
  const whole = typeOf(Port);

  class PatchPort extends mapped(Port, () => true, true) {}
  class PickedPort extends mapped(Port, (name) => ['id', 'mac', 'status', 'item', 'device'].includes(name)) {}
  class OmittedPort extends mapped(PatchPort, (name) => name !== 'id') {}

  test.each([
    ['PartialType', PatchPort, Object.keys(whole.properties!)],
    ['PickType', PickedPort, ['id', 'mac', 'status', 'item', 'device']],
    ['OmitType of PartialType', OmittedPort, Object.keys(whole.properties!).filter((name) => name !== 'id')],
  ])('%s', (_what, type, names) => {
    const { properties } = typeOf(type);
    expect(properties).toEqual(Object.fromEntries(names.map((name) => [name, whole.properties![name]])));
  });

  test('marks of its own come first', () => {
    class Late extends mapped(Port, () => true, true) {
      @Since('1.4') override mac?: string;
    }
    expect(typeOf(Late).properties!.mac).toMatchObject({ 'x-since': '1.4' });
  });

  test('a call that passes a late field needs its version', async () => {
    const transport = new MemoryTransport();
    const capped = createClient(transport, endpointOf(PatchPort), { versionCap: '1.1' });
    await expect(capped.put({ mac: 'fa' })).rejects.toMatchObject({ code: 'version_capped' });
    await transport.close();
  });
});
