/** The matchers for Jest: contract classes held to their committed file and its releases. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addSourceDocs, joinContracts, recordRelease, writeSnapshot } from '@concord-rpc/evolution';
import { contractMatchers } from '@concord-rpc/testing';
import '@concord-rpc/testing/jest';
import { IsInt, IsOptional, IsString, Max } from 'class-validator';
import { type Class, contractOf, Endpoint, RpcMethod, remote, Since } from 'concord-rpc';

class Shared {
  @IsInt() @Max(10) size!: number;
  @Since({ Ports: '1.1', Nets: '2.1' }) @IsOptional() @IsString() note?: string;
}

@Endpoint({ topic: 'ports', version: '1.1' })
class Ports {
  @RpcMethod()
  get(_shared: Shared, @Since('1.1') _more?: string) {
    return remote();
  }
}

@Endpoint({ topic: 'nets', version: '2.1' })
class Nets {
  @RpcMethod()
  get(_shared: Shared) {
    return remote();
  }
}

@Endpoint({ topic: 'ports', version: '1.1', name: 'Ports' })
class Changed {
  @RpcMethod()
  get(_shared: Shared, @Since('1.1') _more?: number) {
    return remote();
  }
}

@Endpoint({ topic: 'ports', version: '1.2', name: 'Ports' })
class Next {
  @RpcMethod()
  get(_shared: Shared, @Since('1.1') _more?: string, @Since('1.2') _most?: string) {
    return remote();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'concord-matchers-'));
const file = join(folder, 'concord.contract.json');
const committed = (classes: readonly Class[], ...keys: string[]) => {
  const contract = joinContracts(classes.map((type) => contractOf(type)));
  writeFileSync(file, writeSnapshot(keys.reduce((now, key) => recordRelease(now, key), contract)));
};
const messageOf = (run: () => void): string => {
  try {
    run();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return '';
};
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => committed([Ports, Nets], 'Ports@1', 'Nets@2'));

test('classes match their file, alone and together, although they share a type', () => {
  expect(Ports).toMatchContract(file);
  expect(Nets).toMatchContract(file);
  expect([Ports, Nets]).toMatchContract(file);
  expect(Changed).not.toMatchContract(file);
  expect(messageOf(() => expect(Changed).toMatchContract(file))).toMatch(
    /SNAPSHOT_STALE +Ports@1[\s\S]*write the file again: concord contract snapshot/,
  );
});

test('a test runner without a global expect takes the matchers as they are', () => {
  expect(contractMatchers.toMatchContract(Ports, file)).toMatchObject({ pass: true });
  const { pass, message } = contractMatchers.toKeepItsReleases(Changed, file);
  expect([pass, message()]).toEqual([false, expect.stringContaining('PROJECTION_BROKEN')]);
});

test('a class keeps its releases, also when it grows, and not when it changes one', () => {
  expect(Ports).toKeepItsReleases(file);
  expect([Ports, Nets]).toKeepItsReleases(file);
  expect(Next).toKeepItsReleases(file);
  expect(Next).not.toMatchContract(file);
  expect(messageOf(() => expect(Changed).toKeepItsReleases(file))).toMatch(/PROJECTION_BROKEN +Ports@1#1\.1/);
  expect(messageOf(() => expect(Ports).not.toKeepItsReleases(file))).toContain('agree, but the test expects a difference');
});

test('without a recorded release nothing is proved, and that is said', () => {
  committed([Ports, Nets], 'Ports@1');
  const message = messageOf(() => expect([Ports, Nets]).toKeepItsReleases(file));
  expect(message).toMatch(/records no release of Nets@2\nrecord it: npx @concord-rpc\/cli contract snapshot --release Nets@2/);
});

test('by default the file is the nearest one from where the tests run', () => {
  const cwd = jest.spyOn(process, 'cwd').mockReturnValue(join(folder, 'deeper'));
  expect(Ports).toMatchContract();
  cwd.mockReturnValue(tmpdir());
  expect(messageOf(() => expect(Ports).toMatchContract())).toMatch(
    /^.* and the folders above it have no concord\.contract\.json; write it: /,
  );
  cwd.mockRestore();
  expect(messageOf(() => expect(Ports).toMatchContract('gone.json'))).toMatch(/^the contract file gone\.json does not exist/);
});

test('what is no contract is refused, by the types too', () => {
  // @ts-expect-error: a number is no class
  expect(messageOf(() => expect(1).toMatchContract(file))).toMatch(/is not a contract/);
  expect(messageOf(() => expect(Shared).toMatchContract(file))).toMatch(/class Shared is not a contract/);
});

test('what a file has from sources is not missed in classes, which cannot know it', () => {
  const stated = contractOf(Ports);
  const words = {
    endpoints: {
      'Ports@1': {
        description: 'Ports.',
        methods: { get: { description: 'Gets.', args: { more: { default: { value: 'x' } } }, returns: 'Map<string, Shared>' } },
      },
    },
    types: { Shared: { description: 'Shared.', fields: { size: { description: 'In bytes.' } } } },
  };
  const told = addSourceDocs(stated, words);
  expect(told).not.toEqual(stated);
  writeFileSync(file, writeSnapshot(recordRelease(told, 'Ports@1')));
  expect(Ports).toMatchContract(file);
  expect(Ports).toKeepItsReleases(file);
  expect(Next).toKeepItsReleases(file);
  expect(messageOf(() => expect(Changed).toMatchContract(file))).toContain('SNAPSHOT_STALE');
});
