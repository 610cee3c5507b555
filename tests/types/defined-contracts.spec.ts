/** The types of a defined contract: every type that a contract can state, and what is optional. `tsc -b` checks them. */
import {
  type ContractOf,
  contractOf,
  createClient,
  defineContract,
  enumOf,
  Field,
  MemoryTransport,
  nullable,
  oneOf,
  recordOf,
} from 'concord-rpc';

enum Status {
  Up = 'UP',
  Down = 'DOWN',
}
enum Level {
  Low,
  High = 7,
}
class Port {
  @Field({ type: String }) id!: string;
}
class Disk {
  @Field({ type: Number }) size!: number;
}

/** `true` for two types that take the same values, neither of which is `any`. */
type Same<A, B> = 0 extends 1 & A ? never : [A, B] extends [B, A] ? true : never;
function same<A, B>(proof: Same<A, B>): void {
  expect(proof).toBe(true);
}

const Things = defineContract({
  name: 'Things',
  topic: 'things',
  version: '1.3',
  methods: {
    text: { returns: String },
    number: { returns: Number },
    truth: { returns: Boolean },
    date: { returns: Date },
    integer: { returns: BigInt },
    port: { returns: Port },
    later: { returns: () => Port },
    list: { returns: [[Port]] },
    nullable: { returns: nullable([nullable(String)]) },
    enum: { returns: enumOf(Status) },
    level: { returns: enumOf(Level) },
    literals: { returns: enumOf(['a', 1]) },
    record: { returns: recordOf([Port]) },
    union: { returns: oneOf(String, [Number]) },
    tagged: { returns: oneOf('kind', { port: Port, disk: Disk }) },
    nothing: { returns: null },
    unchecked: {},
    cast: { mode: 'cast' },
    stream: { mode: 'stream', returns: Port },
    args: {
      since: '1.1',
      args: [
        { name: 'host', type: String, since: '1.1' },
        { name: 'state', enum: Status, type: nullable(String) },
        { name: 'any', unchecked: true },
        { name: 'port', type: nullable(Port), optional: true },
        { name: 'kind', enum: ['a', 'b'], since: '1.2' },
      ],
    },
    renamed: { since: '1.2', aliases: ['old'], args: [{ name: 'host', type: String, since: '1.2' }] },
    first: { args: [{ name: 'host', type: String, since: '1.0' }] },
  },
});
type Things = ContractOf<typeof Things>;
type Result<K extends keyof Things> = Things[K] extends (...args: never[]) => Promise<infer R> ? R : never;

test('results', () => {
  same<Result<'text'>, string>(true);
  same<Result<'number'>, number>(true);
  same<Result<'truth'>, boolean>(true);
  same<Result<'date'>, Date>(true);
  same<Result<'integer'>, bigint>(true);
  same<Result<'port'>, Port>(true);
  same<Result<'later'>, Port>(true);
  same<Result<'list'>, Port[][]>(true);
  same<Result<'nullable'>, (string | null)[] | null>(true);
  same<Result<'enum'>, Status>(true);
  same<Result<'level'>, Level>(true);
  same<Result<'literals'>, 'a' | 1>(true);
  same<Result<'record'>, Record<string, Port[]>>(true);
  same<Result<'union'>, string | number[]>(true);
  same<Result<'tagged'>, Port | Disk>(true);
  same<Result<'nothing'>, void>(true);
  same<Result<'unchecked'>, unknown>(true);
  same<Result<'cast'>, void>(true);
  same<ReturnType<Things['stream']>, AsyncIterable<Port>>(true);
});

test('arguments', () => {
  same<Parameters<Things['text']>, []>(true);
  same<Parameters<Things['args']>, [arg: string, arg: Status | null, arg: unknown, arg?: Port | null, arg?: 'a' | 'b']>(true);
  same<Parameters<Things['renamed']>, [arg?: string]>(true);
  same<Parameters<Things['first']>, [arg: string]>(true);
});

test('the types tell what registration compiles: the arguments that are required', () => {
  const { methods } = contractOf(Things).endpoints['Things@1']!;
  const required = (name: string) => methods[name]!.args!.map((arg) => arg.required !== false);
  expect(required('args')).toEqual([true, true, true, false, false]);
  expect(required('renamed')).toEqual([false]);
  expect(required('first')).toEqual([true]);
});

test('a client has the types', () => {
  const client = createClient(new MemoryTransport(), Things);
  const mistakes = async (): Promise<void> => {
    // @ts-expect-error an argument of another type
    await client.first(5);
    // @ts-expect-error a value that the enum does not list
    await client.args('a', null, 0, null, 'c');
    // @ts-expect-error a method that does not exist
    await client.missing();
    // @ts-expect-error a result of another type
    const text: number = await client.text();
    void text;
  };
  expect(typeof mistakes).toBe('function');
});

// @ts-expect-error no topic
expect(() => defineContract({ name: 'Ports', methods: {} })).not.toThrow();
// @ts-expect-error an option with a value of another type
expect(() => defineContract({ name: 'Ports', topic: 'p', methods: { list: { mode: 'shout' } } })).not.toThrow();
// @ts-expect-error a text that is no type
expect(() => defineContract({ name: 'Ports', topic: 'p', methods: { list: { returns: 'text' } } })).not.toThrow();
