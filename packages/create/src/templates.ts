/** The templates, and where their files are. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A template of a project. */
export interface Template {
  readonly name: string;
  /** The content of the template, in a line of the help. */
  readonly has: string;
}

/** The templates; the first is the default of questions. */
export const TEMPLATES: readonly Template[] = [
  { name: 'minimal', has: 'one contract, its server and client in one process, and a test' },
  { name: 'fleet', has: 'a plugin and agents as processes on NATS, and a test' },
  { name: 'nest', has: 'an application of NestJS that serves a contract with a guard, and a test' },
];

/** The folder with the files of a template. */
export function folderOf(template: string): string {
  return join(__dirname, '../templates', template);
}

/** The paths of a template's files, in order. */
export function filesOf(template: string): string[] {
  const entries = readdirSync(folderOf(template), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return files.map((path) => path.slice(folderOf(template).length + 1)).sort();
}
