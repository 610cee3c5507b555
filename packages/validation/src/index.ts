/** Concord's validator port, implemented with class-validator. */
export { classValidation } from './class-validation';
