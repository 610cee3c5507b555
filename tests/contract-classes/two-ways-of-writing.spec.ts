/** Contracts written with decorators and as definitions: each row is written both ways, and gives one contract or one refusal. */
import { type Class, contractOf } from 'concord-rpc';
import { transformSync } from 'esbuild';

const HEAD = `
import { Arg, Backport, Deprecated, defineContract, Dto, Endpoint, enumOf, Field, LimitsBefore, nullable, oneOf, recordOf, RequiredBefore, RpcMethod, Since, ValuesSince } from 'concord-rpc';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, ValidateNested } from 'class-validator';
enum Status { Up = 'UP', Down = 'DOWN' }
enum Level { Low, High = 7 }
class Item { @Field({ type: String }) id; }
class Disk { @Field({ type: Number }) size; }
class Refused extends Error { @Field({ type: String }) host; }
class Plain { id; }
`;

/** Runs TypeScript with legacy decorators and without reflected types, and returns the contract that it exports. */
function run(source: string): Class {
  const { code } = transformSync(`${HEAD}${source}`, {
    loader: 'ts',
    format: 'cjs',
    target: 'es2022',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
  const module = { exports: {} as { Ports: Class } };
  new Function('require', 'module', 'exports', code)(require, module, module.exports);
  return module.exports.Ports;
}

/** Returns the contract file of a source, or the sentence that refuses it. */
function outcomeOf(source: string): unknown {
  try {
    return contractOf(run(source));
  } catch (error) {
    return (error as Error).message;
  }
}

/** A contract of one interface: the options of the endpoint, and its methods in either form. */
interface Written {
  readonly endpoint?: string;
  /** Classes that both forms use. */
  readonly before?: string;
  readonly decorated: string;
  readonly defined: string;
}

function bothOutcomes({ endpoint = "version: '1.3'", before = '', decorated, defined }: Written): {
  one: unknown;
  other: unknown;
} {
  return {
    one: outcomeOf(`${before} @Endpoint({ name: 'Ports', topic: 'ports', ${endpoint} }) export class Ports { ${decorated} }`),
    other: outcomeOf(
      `${before} export const Ports = defineContract({ name: 'Ports', topic: 'ports', ${endpoint}, methods: { ${defined} } });`,
    ),
  };
}

/** Each type of the guide about types, as it is written. */
const TYPES = [
  ...['String', 'Number', 'Boolean', 'Date', 'BigInt', 'Uint8Array', 'Buffer', 'Item', '() => Item'],
  ...['nullable(String)', 'nullable(Item)', 'nullable([String])', 'enumOf(Status)', 'enumOf(Level)', "enumOf(['a', 1])"],
  ...[
    '[Number]',
    '[[Number]]',
    '[nullable(Number)]',
    '[enumOf(Level)]',
    'recordOf(Number)',
    'recordOf([Item])',
    'nullable(recordOf(Date))',
  ],
  ...[
    'oneOf(String, Number)',
    'oneOf(Item, [Item])',
    "oneOf('kind', { item: Item, disk: Disk })",
    "[oneOf('kind', { item: Item, disk: Disk })]",
  ],
  // refused
  ...[
    'Object',
    'Map',
    'undefined',
    '[undefined]',
    '[String, Number]',
    '5',
    "enumOf(['a', {}])",
    'oneOf(String, Date)',
    "oneOf('kind', {})",
    'Plain',
  ],
];

describe.each(['json', 'msgpack'])('with the codec %s, the type', (codec) => {
  test.each(TYPES)('%s', (type) => {
    const forms = {
      endpoint: `codec: '${codec}'`,
      before: `@Dto({ name: 'Held' }) class Decorated { @Field({ type: ${type}, optional: true }) value; }
        class Stated {}
        Dto({ name: 'Held', fields: { value: { type: ${type}, optional: true } } })(Stated);`,
    };
    const argument = bothOutcomes({
      ...forms,
      decorated: `@RpcMethod() put(@Arg({ type: ${type} }) value) {}`,
      defined: `put: { args: [{ name: 'value', type: ${type} }] }`,
    });
    expect(argument.other).toEqual(argument.one);
    const result = bothOutcomes({
      ...forms,
      decorated: `@RpcMethod({ returns: ${type} }) get() {}`,
      defined: `get: { returns: ${type} }`,
    });
    expect(result.other).toEqual(result.one);
    const field = bothOutcomes({
      ...forms,
      decorated: '@RpcMethod() put(@Arg({ type: Decorated }) value) {}',
      defined: "put: { args: [{ name: 'value', type: Stated }] }",
    });
    expect(field.other).toEqual(field.one);
  });
});

/** Options and marks: what they are, the decorated methods, and the defined ones. */
const STATED: readonly [string, Omit<Written, 'endpoint'>][] = [
  ['no option', { decorated: '@RpcMethod() list() {}', defined: 'list: {}' }],
  ...["since: '1.2'", "mode: 'call'", "mode: 'cast'", "mode: 'fanout'", "mode: 'stream', returns: String", 'returns: null'].map(
    method,
  ),
  ...[
    'idempotent: true',
    'idempotencyWindow: 5',
    'timeout: 5',
    "aliases: ['old']",
    "since: '1.2', aliases: [{ name: 'old' }]",
  ].map(method),
  ...['unchecked: true', "description: 'd'", 'errors: [Refused]', 'expected: [Refused]'].map(method),
  method("errors: [{ type: Refused, since: '1.1', retryable: true, name: 'No' }]"),
  [
    'a deprecated method',
    {
      decorated: "@Deprecated('1.1', { use: 'get', why: 'w', removeIn: '2.0' }) @RpcMethod() list() {} @RpcMethod() get() {}",
      defined: "list: { decorators: [Deprecated('1.1', { use: 'get', why: 'w', removeIn: '2.0' })] }, get: {}",
    },
  ],
  ...['optional: true', 'minimum: 1', 'maximum: 9', 'exclusiveMinimum: 0', 'exclusiveMaximum: 9', 'enum: [1, 2]'].map(
    argument('Number'),
  ),
  ...['minLength: 1', 'maxLength: 9', 'enum: Status', "enum: ['a', 'b']", 'unchecked: true'].map(argument('String')),
  ...['minItems: 1', 'maxItems: 9', 'items: { maximum: 9 }', 'items: { enum: [1, 2] }'].map(argument('[Number]')),
  ...["Since('1.2')", "Since('1.2', { droppable: true })", "Since({ Ports: '1.2', Other: '2.1' })"].map(mark('type: String')),
  ...["RequiredBefore('1.2')", "LimitsBefore('1.2', { maxLength: 5 })", "Deprecated('1.2', { why: 'w' })"].map(
    mark('type: String, optional: true, maxLength: 9'),
  ),
  mark("enum: ['a', 'b']")("ValuesSince('1.2', ['b'], { fallback: 'a' })"),
  [
    'since and droppable of an argument as options',
    {
      decorated: "@RpcMethod() list(@Arg({ type: String }) @Since('1.2', { droppable: true }) host) {}",
      defined: "list: { args: [{ name: 'host', type: String, since: '1.2', droppable: true }] }",
    },
  ],
  [
    'three arguments of which the last are late',
    {
      decorated:
        "@RpcMethod({ since: '1.1', returns: [Item] }) list(@Arg({ type: String }) host, @Since('1.2') @Arg({ type: Item }) item, @Since('1.3') @Arg({ type: nullable(Level) }) level) {}",
      defined:
        "list: { since: '1.1', returns: [Item], args: [{ name: 'host', type: String }, { name: 'item', type: Item, since: '1.2' }, { name: 'level', type: nullable(Level), since: '1.3' }] }",
    },
  ],
];

test.each(STATED)('%s: one contract', (_what, written) => {
  const { one, other } = bothOutcomes(written);
  expect(one).toBeInstanceOf(Object);
  expect(other).toEqual(one);
});

test.each([
  ["exchange: 'e', namespace: 'n', legacyNamespaces: ['old', null]"],
  ["codec: 'msgpack', unknownArgs: 'ignore', stability: 'beta', description: 'd'"],
  ["version: '2.0', namespace: null"],
])('an endpoint with %s: one contract', (endpoint) => {
  const { one, other } = bothOutcomes({ endpoint, decorated: '@RpcMethod() list() {}', defined: 'list: {}' });
  expect(one).toBeInstanceOf(Object);
  expect(other).toEqual(one);
});

/** Fields of a DTO: what they are, the decorated fields, and the fields of `@Dto`. */
const FIELDS: readonly [string, string, string][] = [
  [
    'limits',
    '@Field({ type: [Number], maxItems: 3, items: { maximum: 9 } }) a',
    'a: { type: [Number], maxItems: 3, items: { maximum: 9 } }',
  ],
  ['an enum', '@Field({ enum: Status }) a', 'a: { enum: Status }'],
  [
    'a late field',
    "@Field({ type: String, optional: true }) @Since('1.1', { droppable: true }) a",
    "a: { type: String, optional: true, since: '1.1', droppable: true }",
  ],
  [
    'a field late in some contracts',
    "@Field({ type: String, optional: true }) @Since({ Ports: '1.1' }) a",
    "a: { type: String, optional: true, since: { Ports: '1.1' } }",
  ],
  ['validators alone', '@IsOptional() @IsInt() @Max(9) a', 'a: { decorators: [IsOptional(), IsInt(), Max(9)] }'],
  ['validators beside a type', '@Field({ type: Number }) @Max(9) a', 'a: { type: Number, decorators: [Max(9)] }'],
  ['a nested class', '@ValidateNested() @Type(() => Item) a', 'a: { decorators: [ValidateNested(), Type(() => Item)] }'],
  [
    'changes',
    "@Field({ enum: ['a', 'b'], optional: true }) @ValuesSince('1.2', ['b'], { fallback: 'a' }) @RequiredBefore('1.1') @Deprecated('1.2') a",
    "a: { enum: ['a', 'b'], optional: true, decorators: [ValuesSince('1.2', ['b'], { fallback: 'a' }), RequiredBefore('1.1'), Deprecated('1.2')] }",
  ],
  ['a mark without a type', "@Since('1.1') a", "a: { since: '1.1' }"],
  ['a late field that is required', "@Field({ type: String }) @Since('1.1') a", "a: { type: String, since: '1.1' }"],
  ['a limit of another type', '@Field({ type: String, maximum: 9 }) a', 'a: { type: String, maximum: 9 }'],
  ['an unknown option', '@Field({ type: String, maxlength: 9 }) a', 'a: { type: String, maxlength: 9 }'],
];

test.each(FIELDS)('fields with %s', (_what, decorated, stated) => {
  const use = '@RpcMethod({ returns: [Port] }) put(@Arg({ type: Port }) value) {}';
  const contract = `@Endpoint({ topic: 'ports', version: '1.2' }) export class Ports { ${use} }`;
  const one = outcomeOf(
    `@Dto({ name: 'Port' }) class Port { ${decorated}; @Backport('1.0') static to10(port) { return port; } } ${contract}`,
  );
  const other = outcomeOf(
    `@Dto({ name: 'Port', fields: { ${stated} } }) class Port { a; @Backport('1.0') static to10(port) { return port; } } ${contract}`,
  );
  expect(other).toEqual(one);
});

/** Contracts that are refused: the mistake, both forms, and a part of the sentence. */
const MISTAKES: readonly [string, Written, string][] = [
  ['no method', { decorated: '', defined: '' }, 'Ports has no method'],
  ['a malformed version', { endpoint: "version: '1'", ...method('')[1] }, '[invalid_version] version of Ports must be'],
  ['a malformed topic', { endpoint: "topic: 'a b'", ...method('')[1] }, '[invalid_target] topic of Ports must be'],
  ['a reserved namespace', { endpoint: "namespace: '_concord'", ...method('')[1] }, 'is reserved'],
  ['an unknown codec', { endpoint: "codec: 'cbor'", ...method('')[1] }, 'Ports has codec "cbor"'],
  [
    'an unknown option of the endpoint',
    { endpoint: "verison: '1.1'", ...method('')[1] },
    'has the option "verison", which @Endpoint',
  ],
  ['since above the version', method("since: '1.4'")[1], 'has since 1.4, above the endpoint'],
  ['an unknown mode', method("mode: 'shout'")[1], 'has mode "shout"'],
  ['a cast with a result', method("mode: 'cast', returns: String")[1], 'which has no result, and declares returns'],
  ['a timeout of zero', method('timeout: 0')[1], 'has timeout 0'],
  ['a result without a type', method('returns: Object')[1], 'Ports.list declares returns'],
  [
    'an unknown option of a method',
    method('retruns: String')[1],
    'has the option "retruns" on list, which @RpcMethod does not have',
  ],
  ['an unknown option of an argument', argument('String')('maxlength: 9')[1], 'has the option "maxlength" on argument 0 of list'],
  ['a limit of another type', argument('String')('maximum: 9')[1], 'has maximum, which is a limit of a number'],
  ['limits of an unchecked argument', argument('String')('unchecked: true, maxLength: 9')[1], 'has limits and is unchecked'],
  ['an enum of another type', argument('Number')("enum: ['a']")[1], 'has enum'],
  [
    '@Since twice',
    mark('type: String, optional: true')("Since('1.1'), Since('1.2')")[1],
    'has @Since twice on argument 0 of list',
  ],
  ['former options of @Since', mark('type: String')("Since('1.1', { was: { maxLength: 5 } })")[1], "write @LimitsBefore('1.1'"],
  [
    'a late argument that is required',
    mark('type: String, optional: false')("Since('1.2')")[1],
    'Ports.list(host) was added in 1.2, after its method (1.0), and is required',
  ],
  [
    'an older argument after a late one',
    {
      decorated: "@RpcMethod() list(@Since('1.2') @Arg({ type: String }) late, @Arg({ type: String }) old) {}",
      defined: "list: { args: [{ name: 'late', type: String, since: '1.2' }, { name: 'old', type: String }] }",
    },
    'late arguments go last',
  ],
  [
    'two arguments of one name',
    {
      decorated: "@RpcMethod() list(@Arg({ type: String, name: 'a' }) one, @Arg({ type: String, name: 'a' }) two) {}",
      defined: "list: { args: [{ name: 'a', type: String }, { name: 'a', type: String }] }",
    },
    'has the name of another argument',
  ],
  [
    'two DTO classes of one name',
    {
      before: "@Dto({ name: 'Item' }) class Other { @Field({ type: String }) id; }",
      decorated: '@RpcMethod() list(@Arg({ type: Item }) a, @Arg({ type: Other }) b) {}',
      defined: "list: { args: [{ name: 'a', type: Item }, { name: 'b', type: Other }] }",
    },
    'two DTO classes are called Item',
  ],
  [
    'two mistakes at once',
    {
      decorated: "@RpcMethod({ since: '1.4' }) list() {} @RpcMethod({ timeout: -1 }) get(@Arg({ type: Map }) m) {}",
      defined: "list: { since: '1.4' }, get: { timeout: -1, args: [{ name: 'm', type: Map }] }",
    },
    'Ports has 2 mistakes',
  ],
];

test.each(MISTAKES)('%s: one refusal', (_what, written, part) => {
  const { one, other } = bothOutcomes(written);
  expect(one).toContain(part);
  expect(other).toBe(one);
});

/** A method with options. */
function method(options: string): [string, Written] {
  return [`a method with ${options}`, { decorated: `@RpcMethod({ ${options} }) list() {}`, defined: `list: { ${options} }` }];
}

/** An argument of a type with an option. */
function argument(type: string): (option: string) => [string, Written] {
  return (option) => {
    const options = `type: ${type}, ${option}`;
    return [
      `an argument with ${options}`,
      { decorated: `@RpcMethod() list(@Arg({ ${options} }) host) {}`, defined: `list: { args: [{ name: 'host', ${options} }] }` },
    ];
  };
}

/** An argument with options and further decorators. */
function mark(options: string): (decorators: string) => [string, Written] {
  return (decorators) => {
    const before = decorators.replace(/(^|, )(?=[A-Z]\w+\()/g, ' @');
    return [
      `an argument with ${decorators}`,
      {
        decorated: `@RpcMethod() list(@Arg({ ${options} }) ${before} host) {}`,
        defined: `list: { args: [{ name: 'host', ${options}, decorators: [${decorators}] }] }`,
      },
    ];
  };
}
