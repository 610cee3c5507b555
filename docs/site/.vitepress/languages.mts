/** Languages of code blocks that the highlighter does not know. */
import type { MarkdownRenderer } from 'vitepress';

export const languages = [
  language('hex', {}),
  language('diagram', {}),
  language('conf', {
    '#.*$': 'comment.line',
    '"[^"]*"': 'string.quoted',
    '\\$\\w+': 'variable.other.constant',
    '[\\w.-]+(?=\\s*[:{])': 'entity.name.tag',
    '(?<![\\w.-])-?\\d+[a-z]*(?![\\w.-])': 'constant.numeric',
  }),
];

/** Returns a language whose words are found by patterns: the first that matches wins. */
function language(name: string, patterns: Record<string, string>) {
  const rules = Object.entries(patterns).map(([match, scope]) => ({ match, name: `${scope}.${name}` }));
  return { name, scopeName: `source.${name}`, patterns: rules, repository: {} };
}

/** Gives blocks without a language that draw boxes or arrows the language `diagram`, which has lines without gaps. */
export function nameDiagrams(md: MarkdownRenderer): void {
  md.core.ruler.push('name_diagrams', ({ tokens }) => {
    for (const token of tokens) {
      if (token.type === 'fence' && token.info === '' && /[─│┌└►▼]/.test(token.content)) token.info = 'diagram';
    }
  });
}
