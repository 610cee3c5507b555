/** Writes docs/reference from the docstrings of what users import; `--check` fails if a page is not up to date. Needs the build. */
import { existsSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { referenceOf } from './read-reference.mjs';
import { textOf } from './read-sources.mjs';
import { ROOT } from './run-command.mjs';

const FOLDER = 'docs/reference';
/** Width of prose, and of docstrings in code. */
const WIDTH = 100;

const packages = JSON.parse(textOf(`${FOLDER}/groups.json`));
const isCheck = process.argv.includes('--check');
const references = Object.keys(packages).map((name) => ({ name, ...referenceOf(name) }));
/** The place of each name of every page, `concord-rpc.md#endpoint-function`. The first page that has a name describes it. */
const places = new Map();
for (const { name, names, others } of references) {
  for (const [each, { kind }] of [...names, ...others]) {
    if (!places.has(each)) places.set(each, `${name}.md#${anchorOf(`${each} ${kind}`)}`);
  }
}
const problems = [];
let bytes = 0;

for (const reference of references) {
  const { name } = reference;
  const path = `${FOLDER}/${name}.md`;
  const page = pageOf(reference, packages[name]);
  bytes += Buffer.byteLength(page);
  const before = existsSync(join(ROOT, path)) ? textOf(path) : '';
  if (before === page) continue;
  if (isCheck) problems.push(`${path} is not up to date; run: npm run reference`);
  else writeFileSync(join(ROOT, path), page);
}
for (const problem of problems) console.log(problem);
const size = `${Object.keys(packages).length} pages, ${Math.round(bytes / 1024)} KiB`;
console.log(`reference: ${size}${problems.length === 0 ? '' : `, ${problems.length} problems`}`);
process.exitCode = problems.length === 0 ? 0 : 1;

function pageOf({ name, names, others }, { about, groups }) {
  const isHere = (each) => places.get(each).startsWith(`${name}.md#`);
  const grouped = new Set(groups.flatMap((group) => group.names));
  for (const each of grouped) if (!names.has(each)) problems.push(`${FOLDER}/groups.json: ${name} exports no ${each}`);
  for (const each of names.keys())
    if (!grouped.has(each)) problems.push(`${FOLDER}/groups.json: ${each} of ${name} is in no group`);
  const title = name.startsWith('concord') ? name : `@concord-rpc/${name}`;
  const parts = [
    `# Reference of \`${title}\``,
    wrapped(about),
    wrapped('Written by `npm run reference` from the docstrings of the sources. Do not edit. Change the docstring instead.'),
    groups.map((group) => listed(`* [${group.title}](#${anchorOf(group.title)}): ${linksTo(group.names, name)}`)).join('\n'),
  ];
  for (const group of groups) {
    parts.push(`## ${group.title}`);
    if (group.guides.length > 0)
      parts.push(
        wrapped(
          `Pages: ${group.guides.map((guide) => `[${posix.basename(guide)}](${posix.join('../guides', guide)}.md)`).join(', ')}.`,
        ),
      );
    for (const each of group.names) if (names.has(each)) parts.push(...sectionOf(each, names.get(each), name));
  }
  const shown = [...others].filter(([each]) => isHere(each));
  if (shown.length > 0) {
    parts.push('## Types that signatures use');
    parts.push(wrapped('These types are not exported by the package. They stand here because signatures above name them.'));
    for (const [each, described] of shown) parts.push(...sectionOf(each, described, name));
  }
  return `${parts.join('\n\n')}\n`;
}

function sectionOf(name, { kind, about, throws, code, base, uses }, page) {
  const known = uses.filter((each) => places.has(each));
  return [
    `### \`${name}\` ${kind}`,
    ...(about === ''
      ? []
      : [
          about
            .split(/\n\n+/)
            .map((text) => wrapped(text))
            .join('\n\n'),
        ]),
    ...throws.map((each) => wrapped(`Throws ${each}`)),
    fenced(code),
    ...(base === '' ? [] : ['It is based on:', fenced(base)]),
    ...(known.length === 0 ? [] : [wrapped(`See also: ${linksTo(known, page)}.`)]),
  ];
}

function linksTo(names, page) {
  return names.map((name) => `[\`${name}\`](${(places.get(name) ?? '').replace(`${page}.md#`, '#')})`).join(', ');
}

function fenced(code) {
  return `\`\`\`typescript\n${readable(code)}\n\`\`\``;
}

/** Returns the anchor of a heading, as GitHub makes it. */
function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

/** Code with two spaces for each level, and docstrings wrapped. */
function readable(code) {
  return code
    .replace(/\r/g, '')
    .replace(/^(?: {4})+/gm, (indent) => ' '.repeat(indent.length / 2))
    .replace(/^( *)\/\*\*([\s\S]*?)\*\//gm, (_, indent, text) => docstring(indent, text));
}

function docstring(indent, text) {
  const paragraphs = text
    .replace(/^\s*\*(?: |$)?/gm, '')
    .trim()
    .split(/\n\s*\n|\n(?=@)/);
  const lines = paragraphs.flatMap((paragraph, index) => [
    ...(index > 0 ? [''] : []),
    ...wrapped(paragraph, WIDTH - indent.length - 3).split('\n'),
  ]);
  if (lines.length === 1 && indent.length + lines[0].length + 7 <= WIDTH) return `${indent}/** ${lines[0]} */`;
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`].join('\n');
}

/** Wraps a paragraph; list items keep their lines. */
function wrapped(text, width = WIDTH) {
  const lines = [];
  for (const word of text.replace(/\s*\n\s*(?![-*] )/g, ' ').split(/ +/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}

/** Wraps an item of a list, with its further lines indented. */
function listed(item) {
  return wrapped(item, WIDTH - 2).replaceAll('\n', '\n  ');
}
