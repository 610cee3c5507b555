/** The formats of reports, by name. */
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

/** Writes a report in each format. */
export const FORMATS: Readonly<Record<Format, (report: Report) => string>> = {
  text: textReport,
  json: jsonReport,
  github: githubReport,
  sarif: sarifReport,
  junit: junitReport,
  gitlab: gitlabReport,
  markdown: markdownReport,
};
