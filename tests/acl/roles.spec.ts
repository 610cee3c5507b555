/** Roles files: each mistake is named with a remedy and without secrets, and names become all subjects that they stand for. */
import 'reflect-metadata';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concordHere } from '../cli/run-concord';

const METHODS = {
  list: { mode: 'call', aliases: ['listPorts'] },
  watch: { mode: 'stream' },
  drop: { mode: 'cast' },
  flush: { mode: 'fanout' },
  set: { mode: 'any', idempotencyWindowMs: 1_000 },
};
const endpoint = (version: string, topic: string) => ({ version, topic, namespace: 'n', methods: METHODS });
const CONTRACT = {
  contract: 1,
  endpoints: { 'Ports@1': endpoint('1.2', 'ports'), 'Ports@2': endpoint('2.0', 'ports'), 'Nets@1': endpoint('1.0', 'nets') },
};

const cwd = mkdtempSync(join(tmpdir(), 'concord-roles-'));
writeFileSync(join(cwd, 'concord.contract.json'), JSON.stringify(CONTRACT));

async function acl(roles: string, ...more: readonly string[]) {
  writeFileSync(join(cwd, 'roles.yaml'), roles);
  return concordHere(cwd, ['acl', 'roles.yaml', 'concord.contract.json', ...more]);
}

/** The users of a roles file, by name. */
async function usersOf(
  roles: string,
): Promise<Readonly<Record<string, { publish: string[]; subscribe: string[]; notes: string[] }>>> {
  const { out, err } = await acl(roles, '--json');
  expect(err).toBe('');
  return Object.fromEntries(JSON.parse(out).users.map((each: { user: string }) => [each.user, each]));
}

const role = (text: string) => `roles:\n  web: ${text}\n`;

test.each<[string, string, RegExp]>([
  [
    'an unknown interface',
    role('[Port.list]'),
    /role web: call Port\.list: no interface or topic is called Port \(Did you mean Ports\?\)\n.*known: Nets@1 \(topic default\/nets\), Ports@1/,
  ],
  [
    'an unknown method',
    role('[Ports@1.lst]'),
    /role web: call Ports@1\.lst: Ports@1 has no method lst \(Did you mean list\?\)\n.*its methods: list, watch, drop, flush, set/,
  ],
  ['no method', role('[Ports]'), /call Ports: it names no method\n.*write Ports\.METHOD, or Ports\.\*/],
  [
    'a call of a cast',
    role('[Ports.drop]'),
    /calls and streams of a method with mode cast are refused by its servers\n.*write it under cast, to, fanout/,
  ],
  [
    'a cast of a call',
    role('{ cast: [Ports.list] }'),
    /casts to any server of a method with mode call .*\n.*write it under call, to, each/,
  ],
  [
    'a cast of all to one server',
    role('{ to: [Ports.flush] }'),
    /messages to a server by name of a method with mode fanout .*\n.*write it under fanout/,
  ],
  ['an interface of another name', role('{ serve: [Port] }'), /role web: serve Port: no interface or topic is called Port/],
  [
    'a role that allows nothing',
    role('{ users: [a] }'),
    /role web allows nothing\n.*add call, cast, to, fanout, each, serve, operate or observe/,
  ],
  [
    'a user in two roles',
    'roles: { a: { users: [x], operate: true }, b: { users: [x], operate: true } }',
    /role b: user x is in the file twice/,
  ],
  ['an inbox of two users', role('{ operate: true, users: [a, { user: b, inbox: a }] }'), /the inbox a of b is also that of a/],
  ['servers of one name', role('{ serve: [Ports], users: [a, { user: b, server: a }] }'), /the server a of b is also that of a/],
  ['a name that is no inbox', role('{ operate: true, users: [a.b] }'), /user a\.b: its name cannot be an inbox\n.*add inbox/],
  [
    'a password in plain text',
    role('{ operate: true, users: [{ user: a, password: hunter2 }] }'),
    /user a: its password is neither a variable nor a bcrypt hash\n.*write \$A_PASSWORD/,
  ],
  [
    'the seed of an nkey',
    role(`{ operate: true, users: [{ user: a, nkey: SU${'A'.repeat(56)} }] }`),
    /user a: its nkey is not the public key of a user/,
  ],
  ['an unknown key', role('{ calls: [Ports.list] }'), /roles\/web has "calls", which is not a key of roles files/],
  ['no roles', 'users: {}', /lacks "roles"/],
  ['a file that is not YAML', 'roles: [', /roles\.yaml cannot be read/],
  ['a key twice', 'roles: { a: [Ports.list], a: [] }', /roles\.yaml cannot be read\n.*Map keys must be unique/],
  ['an alias', 'roles: { a: &x [Ports.list], b: *x }', /aliases \(\*name\) are not read/],
])('%s is refused', async (_, roles, text) => {
  const { code, out, err } = await acl(roles);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(text);
  expect(err).not.toMatch(/hunter2|SUAAA/);
});

test.each(['*', '>', 'a.b', 'x" # ', '_concord'])(
  'the namespace %j of a contract is refused, because it would allow more than it names',
  async (namespace) => {
    const file = { contract: 1, endpoints: { 'Evil@1': { ...endpoint('1.0', 'evil'), namespace } } };
    writeFileSync(join(cwd, 'evil.json'), JSON.stringify(file));
    const { code, out, err } = await acl(role('["Evil.*"]'), 'evil.json');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  },
);

test('contracts of two topics and of two versions are joined', async () => {
  const renamed = { ...endpoint('1.3', 'ports'), methods: { list: { mode: 'call', aliases: ['find'] } } };
  writeFileSync(join(cwd, 'more.json'), JSON.stringify({ contract: 1, endpoints: { 'Ports@1': renamed } }));
  writeFileSync(join(cwd, 'else.json'), JSON.stringify({ contract: 1, endpoints: { 'Ports@1': endpoint('1.0', 'other') } }));
  const { out } = await acl(role('["Ports@1.list"]'), 'more.json', 'else.json', '--json');
  const subjects: string[] = JSON.parse(out).users[0].publish;
  expect(subjects.filter((subject) => subject.includes('.any.'))).toEqual([
    ...['list', 'listPorts'].map((name) => `rpc.default.other.any.n.1.${name}.>`),
    ...['list', 'listPorts', 'find'].map((name) => `rpc.default.ports.any.n.1.${name}.>`),
  ]);
});

test('every mistake of a file is named at once', async () => {
  const { err } = await acl(role('[Ports.lst, Prts.list]'));
  expect(err).toMatch(/^error: 2 entries of roles\.yaml cannot be used\n/);
});

test('a method is allowed under each of its names, namespaces and majors, and no other', async () => {
  const { web } = await usersOf(`${role('[Ports.list]')}namespaces: { Ports@1: [old, null] }`);
  expect(web!.publish.filter((subject) => subject.includes('.any.'))).toEqual([
    ...['n', 'old', '_'].flatMap((namespace) =>
      ['list', 'listPorts'].map((name) => `rpc.default.ports.any.${namespace}.1.${name}.>`),
    ),
    ...['list', 'listPorts'].map((name) => `rpc.default.ports.any.n.2.${name}.>`),
  ]);
});

test('an asterisk is every method that has the direction, and a topic is every interface on it', async () => {
  const users = await usersOf(
    'roles: { a: ["Ports@1.*"], b: { fanout: ["ports.*"] }, c: { to: { node-1.example: [nets.list] } } }',
  );
  const methods = (user: string) => users[user]!.publish.filter((subject) => !/_concord|\.at\./.test(subject));
  expect(methods('a')).toEqual(['list', 'listPorts', 'watch', 'set'].map((name) => `rpc.default.ports.any.n.1.${name}.>`));
  expect(methods('b')).toEqual(
    [1, 2].flatMap((major) => ['drop', 'flush', 'set'].map((name) => `rpc.default.ports.all.n.${major}.${name}.>`)),
  );
  expect(methods('c')).toEqual(['list', 'listPorts'].map((name) => `rpc.default.nets.to.node-1_dexample.n.1.${name}.>`));
});

test('more items belong to streams, and the end of a call to calls', async () => {
  const users = await usersOf('roles: { a: [Ports@1.watch], b: [Ports@1.list], c: { cast: [Ports@1.drop] } }');
  const control = (user: string) =>
    users[user]!.publish.flatMap((subject) => /_concord\.1\.(credit|cancel)/.exec(subject)?.[1] ?? []);
  expect([control('a'), control('b'), control('c')]).toEqual([['cancel', 'credit'], ['cancel'], []]);
});

test('a role that calls a method with a window, but not by name, has a note', async () => {
  const users = await usersOf('roles: { a: [Ports@1.set], b: { call: [Ports@1.set], to: [Ports@1.set] } }');
  expect(users['a']!.notes).toEqual([expect.stringMatching(/not repeated to a server by name, which needs to: Ports@1\.set$/)]);
  expect(users['b']!.notes).toEqual([]);
});

test('--output writes the file, and --root another root', async () => {
  expect(await acl(role('[Ports.list]'), '--output', 'out.conf', '--root', 'lab')).toEqual({ code: 0, out: '', err: '' });
  const text = readFileSync(join(cwd, 'out.conf'), 'utf8');
  expect(text).toContain('"lab.default.ports.any.n.1.list.>"');
  expect(text).toContain('"labr.web.>"');
  expect(text).not.toMatch(/"rpc/);
});
