/** Checks prose against docs/STYLE.md: openings of docstrings, unclear words, and the width of Markdown. `check-words PREFIX` checks a part. */
import { lineAt, repositoryFiles, textOf } from './read-sources.mjs';

/** A sentence that opens with "Where" is whole if a comma ends that part. */
const OPENERS = /^(?:(?:What|Whether|Who|Whom|Whose|How|Of)\b|Where\b[^,]*$)/;
const RIDDLES = /\b(?:nobody|somebody|anew|besides)\b/gi;
const WIDTH = 100;
/** Files that quote the words that they advise against. */
const QUOTING = new Set(['docs/STYLE.md', 'scripts/check-words.mjs']);
/** Recorded outputs and foreign data. */
const NOT_PROSE = /golden|\/data\/|rules-examples|results\.md$|package-lock/;

const part = process.argv[2] ?? '';
const files = repositoryFiles().filter((path) => path.startsWith(part) && !QUOTING.has(path) && !NOT_PROSE.test(path));
const violations = [];
let docstrings = 0;
let riddling = 0;

for (const path of files) {
  if (/\.(ts|mjs|cjs|js)$/.test(path)) checkSource(path, textOf(path));
  else if (path.endsWith('.md')) checkPage(path, textOf(path));
}

for (const violation of violations) console.log(violation);
const share = docstrings === 0 ? 0 : (100 * riddling) / docstrings;
console.log(
  `words: ${docstrings} docstrings, ${share.toFixed(1)} % open with What/Where/Whether/Who/How/Of; ${violations.length} violations`,
);
process.exitCode = violations.length === 0 ? 0 : 1;

function checkSource(path, text) {
  for (const { index, 0: found } of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    docstrings++;
    const prose = found
      .replace(/^\/\*\*|\*\/$/g, '')
      .replace(/^\s*\* ?/gm, '')
      .trim();
    if (OPENERS.test(prose)) riddling++;
    const sentence = prose.split(/(?<=[.!?;:])\s+|\n\n/).find((each) => OPENERS.test(each) && !each.endsWith('?'));
    if (sentence !== undefined) violate(path, lineAt(text, index), `a sentence opens with "${sentence.slice(0, 40)}…"`);
  }
  checkRiddles(path, text);
}

function checkPage(path, text) {
  const prose = text.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ''));
  checkRiddles(path, prose);
  for (const [index, line] of prose.split('\n').entries()) {
    if (
      line.trimEnd().length <= WIDTH ||
      line.trimStart().startsWith('|') ||
      line
        .trim()
        .split(' ')
        .some((word) => word.length > WIDTH / 2)
    )
      continue;
    violate(path, index + 1, `the line has ${line.length} characters; wrap it at ${WIDTH}`);
  }
}

function checkRiddles(path, text) {
  for (const { index, 0: word } of text.matchAll(RIDDLES)) {
    violate(path, lineAt(text, index), `"${word}": name the actor or the state ("no server is subscribed")`);
  }
}

function violate(path, line, problem) {
  violations.push(`${path}:${line}: ${problem}; see docs/STYLE.md`);
}
