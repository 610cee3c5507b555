/**
 * Runs the commands of docs/guides/permissions.md and compares their output. With CONCORD_WRITE_GUIDES=1, as `npm run guides` sets it, writes the
 * output into the page.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '@concord-rpc/cli';

const ROOT = join(__dirname, '../..');
const PAGE = join(ROOT, 'docs/guides/permissions.md');
const CONTRACT = 'contracts/concord.contract.json';
const BLOCK = /^```console acl(\S*)\n([\s\S]*?)^```$/gm;
const page = readFileSync(PAGE, 'utf8');

const cwd = mkdtempSync(join(tmpdir(), 'concord-acl-'));
beforeAll(() => {
  mkdirSync(join(cwd, 'contracts'));
  copyFileSync(join(ROOT, 'examples/rolling-upgrade', CONTRACT), join(cwd, CONTRACT));
  const [, roles] = /^```yaml roles\.yaml\n([\s\S]*?)^```$/m.exec(page)!;
  writeFileSync(join(cwd, 'roles.yaml'), roles!);
  writeFileSync(join(cwd, 'mistake.yaml'), 'roles:\n  web: [PortsApi.getPort]\n  ports: { serve: [ports-api] }\n');
});

async function outputOf(line: string): Promise<string> {
  let out = '';
  const write = (text: string) => void (out += text);
  const args = line.split(' ').slice(2);
  const code = await runProgram(args, { cwd, env: {}, isTerminal: false, out: write, err: write });
  return `$ ${line}\n${out}${code === 0 ? '' : `exit ${code}\n`}`;
}

test('the page shows what its commands print', async () => {
  let told = page;
  for (const [block, name, body] of page.matchAll(BLOCK)) {
    const lines = [...body!.matchAll(/^\$ (npx @concord-rpc\/cli .*)$/gm)].map(([, line]) => line!);
    const outputs = await Promise.all(lines.map(outputOf));
    told = told.replace(block, () => `\`\`\`console acl${name}\n${outputs.join('')}\`\`\``);
  }
  if (process.env.CONCORD_WRITE_GUIDES === '1') writeFileSync(PAGE, told);
  else expect(told).toBe(page);
});
