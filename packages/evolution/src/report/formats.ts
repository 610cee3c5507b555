/** The formats of reports, by name. */
import { visibleText, visibleValue } from '../document/visible-text';
import { githubReport } from './github-report';
import { gitlabReport } from './gitlab-report';
import { jsonReport } from './json-report';
import { junitReport } from './junit-report';
import { markdownReport } from './markdown-report';
import type { Report } from './report';
import { sarifReport } from './sarif-report';
import { textReport } from './text-report';

/** The name of a format. */
export type Format = 'text' | 'json' | 'github' | 'sarif' | 'junit' | 'gitlab' | 'markdown';

/** Writes a report in each format. Texts of contracts and approvals are data in each of them. */
export const FORMATS: Readonly<Record<Format, (report: Report) => string>> = {
  text: visibly(textReport),
  json: jsonReport,
  github: visibly(githubReport),
  sarif: sarifReport,
  junit: visibly(junitReport),
  gitlab: visibly(gitlabReport),
  markdown: visibly(markdownReport),
};

/** Makes the texts of a report visible, each on one line, before it is written. Positions are found by the paths as they are. */
function visibly(write: (report: Report) => string): (report: Report) => string {
  return (report) => {
    const { title, base, findings, permitted, ran, locate } = report;
    const pathOf = new Map([...findings, ...permitted].map(({ path }) => [visibleText(path), path]));
    return write({
      ...report,
      ...visibleValue({ title, findings, permitted, ran }),
      base: base && visibleText(base),
      locate: locate && ((path) => visibleValue(locate(pathOf.get(path) ?? path))),
    });
  };
}
