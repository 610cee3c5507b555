/** Creates projects from templates. */
export { createProject } from './create-project';
export { TEMPLATES } from './templates';
