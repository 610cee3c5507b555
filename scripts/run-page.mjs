/** Runs a Markdown page: writes the files that it shows, runs its commands, and returns the page with their actual output. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT, runCommand } from './run-command.mjs';

/** Code with its path in the first line, as a comment or after the language; and commands with their output. */
const BLOCK = /^```(?<language>\w+)(?<mark>[^\n]*)\n(?<body>[\s\S]*?)^```$/gm;
const PATH_COMMENT = /^\/\/ (?<path>[\w./-]+\.ts)\n/;
const PATH_MARK = / (?<path>[\w./-]+)$/;

/** A fixed author and date, so that hashes and output do not depend on the user and the time. */
const SAME_EVERYWHERE = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'Ann'],
      [`GIT_${who}_EMAIL`, 'ann@example.org'],
      [`GIT_${who}_DATE`, '2026-01-01T00:00:00Z'],
    ]),
  ),
};

/** Runs the page in a new folder and returns it with the actual output. `files`: the initial files of the folder, by name. */
export async function runPage(page, files = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'concord-page-'));
  const programs = join(folder, '.programs');
  try {
    mkdirSync(programs);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const npx = `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(ROOT, 'packages/cli/bin/concord.js')}' "$@"\n`;
    writeFileSync(join(programs, 'npx'), npx, { mode: 0o755 });
    for (const [name, path] of Object.entries(files)) cpSync(join(ROOT, path), join(folder, name));
    execFileSync('git', ['init', '--quiet', '--initial-branch', 'main'], { cwd: folder });
    execFileSync('git', ['config', 'user.email', 'ann@example.org'], { cwd: folder });
    writeFileSync(join(folder, '.git/info/exclude'), 'node_modules\n.programs\n');
    return await retold(page, folder, programs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function retold(page, folder, programs) {
  let told = '';
  let end = 0;
  for (const { 0: block, index, groups } of page.matchAll(BLOCK)) {
    told += page.slice(end, index);
    end = index + block.length;
    const path = PATH_COMMENT.exec(groups.body)?.groups.path ?? PATH_MARK.exec(groups.mark)?.groups.path;
    if (groups.language === 'console') {
      const commands = groups.body.split('\n').filter((line) => line.startsWith('$ '));
      const outputs = [];
      for (const command of commands) outputs.push(await outputOf(command.slice(2), folder, programs));
      told += `\`\`\`console${groups.mark}\n${outputs.join('')}\`\`\``;
      continue;
    }
    if (path !== undefined) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), groups.body);
    }
    told += block;
  }
  return told + page.slice(end);
}

/** Returns a command with its output, and with its exit code if that is not 0. */
async function outputOf(command, folder, programs) {
  const env = { ...SAME_EVERYWHERE, PATH: `${programs}:${process.env.PATH}` };
  const { code, text } = await runCommand(['sh', '-c', `(${command}) 2>&1`], { cwd: folder, env });
  const printed = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `$ ${command}\n${printed}${code === 0 ? '' : `exit ${code}\n`}`;
}
