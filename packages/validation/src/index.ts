/** class-validator made to fit Concord's validator port. */
export { classValidation } from './class-validation';
