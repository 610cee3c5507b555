/** Checks the subjects of the commits after the baseline in docs/house.json. `--in`, `--after` and `--since` name another repository and baseline. */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { textOf } from './read-sources.mjs';
import { ROOT } from './run-command.mjs';

const { commits: rules, packages } = JSON.parse(textOf('docs/house.json'));
const text = (standard) => ({ type: 'string', default: standard });
const { values } = parseArgs({ options: { in: text(ROOT), after: text(rules.after), since: text(rules.since) } });
const AREAS = new Set([...Object.keys(packages), ...rules.areas]);
/** Other forms of the verb than the imperative. */
const NOT_IMPERATIVE = new RegExp(`^(?:${rules.verbs.map((verb) => `${verb.replace(/e$/, 'e?')}(?:s|es|d|ed|ing)`).join('|')})$`);

if (git(['rev-parse', '--git-dir']) === undefined) console.log('commits: this is not a git repository; 0 subjects checked');
else checkCommits();

function checkCommits() {
  const hasBaseline = git(['cat-file', '-e', `${values.after}^{commit}`]) !== undefined;
  // a shallow clone may lack the baseline: it then has only some of the commits after it, and perhaps some of a branch before it
  const range = hasBaseline ? [`${values.after}..HEAD`] : ['HEAD', `--since=${values.since}`];
  const own = readCommits(git(['rev-list', ...range])).filter(({ parents }) => parents < 2);
  const violations = own.flatMap(({ id, subject }) =>
    problemsOf(subject).map((problem) => `${id.slice(0, 7)} ${JSON.stringify(subject)}: ${problem}; see docs/STYLE.md`),
  );
  for (const violation of violations) console.log(violation);
  const where = hasBaseline ? `after ${values.after.slice(0, 7)}` : `since ${values.since}, in a shallow clone`;
  console.log(`commits: ${own.length} subjects ${where}, without merges; ${violations.length} violations`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

/** Returns the problems of a subject. */
function problemsOf(subject) {
  const [, areas, summary] = /^([^:]+): (.+)$/.exec(subject) ?? [];
  if (areas === undefined) return ['write "area: imperative summary"'];
  const unknown = areas.split(', ').filter((area) => !AREAS.has(area));
  const [verb] = summary.split(' ');
  return [
    ...unknown.map((area) => `${JSON.stringify(area)} is no area; the areas are ${[...AREAS].sort().join(', ')}`),
    ...(subject.length > rules.longest ? [`it has ${subject.length} characters; at most ${rules.longest} are allowed`] : []),
    ...(/^[A-Z][a-z]*$/.test(verb) ? [`begin the summary in lower case: ${verb.toLowerCase()}`] : []),
    ...(NOT_IMPERATIVE.test(verb) ? [`write the imperative of "${verb}"`] : []),
    ...(summary.endsWith('.') ? ['leave out the full stop'] : []),
  ];
}

/** Reads commits as they are stored: a shallow clone hides the parents of its last commits from other commands. */
function readCommits(ids) {
  let rest = git(['cat-file', '--batch'], ids);
  const commits = [];
  while (rest.length > 0) {
    const headEnd = rest.indexOf('\n');
    const [id, , size] = rest.subarray(0, headEnd).toString().split(' ');
    const text = rest.subarray(headEnd + 1, headEnd + 1 + Number(size)).toString();
    const messageStart = text.indexOf('\n\n');
    const parents = text.slice(0, messageStart).match(/^parent /gm)?.length ?? 0;
    commits.push({ id, parents, subject: text.slice(messageStart + 2).split('\n')[0] });
    rest = rest.subarray(headEnd + 2 + Number(size));
  }
  return commits;
}

/** Returns the output of git; `undefined` if it fails. */
function git(args, input) {
  try {
    return execFileSync('git', args, { cwd: values.in, input, stdio: ['pipe', 'pipe', 'ignore'], maxBuffer: 1 << 30 });
  } catch {
    return undefined;
  }
}
