/** Lints packed packages: publint for their manifests, Are The Types Wrong for their types under every module resolution, and source maps. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** Entries that are ES modules on purpose, since the tool that they are for is one. A `require` of them fails, and a type check says so. */
const ES_MODULES = { '@concord-rpc/testing': ['./vitest'] };
const BLOCK = 512;

/** Resolves to the problems of a packed package, in sentences. */
export async function problemsOf({ name, tarball }) {
  const data = readFileSync(tarball);
  return [...(await manifestProblems(name, data)), ...(await typeProblems(name, data)), ...mapProblems(name, filesIn(data))];
}

async function manifestProblems(name, data) {
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
  const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
  return messages.map((message) => `${name}: publint: ${formatMessage(message, pkg, { color: false })}`);
}

async function typeProblems(name, data) {
  const { types, problems = [] } = await checkPackage(createPackageFromTarballData(new Uint8Array(data)));
  if (types === false) return [`${name}: the package has no types`];
  return problems
    .filter(({ kind, entrypoint }) => !(kind === 'CJSResolvesToESM' && ES_MODULES[name]?.includes(entrypoint)))
    .map(({ kind, entrypoint, resolutionKind, ...rest }) => {
      const where = entrypoint === undefined ? JSON.stringify(rest) : `entry ${entrypoint} under ${resolutionKind}`;
      return `${name}: types: ${kind} for ${where}`;
    });
}

/** A source map without its source leads debuggers and editors to a file that does not exist. */
function mapProblems(name, files) {
  const maps = [...files].filter(([path]) => path.endsWith('.map'));
  return maps.flatMap(([path, text]) => {
    const { sources, sourceRoot = '', sourcesContent } = JSON.parse(text);
    const missing = sources.filter(
      (source, index) => !sourcesContent?.[index] && !files.has(posix.join(posix.dirname(path), sourceRoot, source)),
    );
    return missing.map((source) => `${name}: ${path} names ${source}, which the tarball does not have; add it to "files"`);
  });
}

/** The files in a tarball made by npm, by their path in the package. */
function filesIn(data) {
  const tar = gunzipSync(data);
  const files = new Map();
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const text = (from, length) => tar.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12), 8);
    const path = posix.join(text(345, 155), text(0, 100)).replace(/^package\//, '');
    files.set(path, tar.toString('utf8', at + BLOCK, at + BLOCK + size));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
