/** Writes the decorator of a change as TypeScript. */
import type { ChangeMark } from '../document/change-marks';
import { literal } from './type-source';

/** `concord.ValuesSince('1.2', ['DOWN'])` */
export function changeDecorator({ decorator, args }: ChangeMark): string {
  return `concord.${decorator}(${args.map(literal).join(', ')})`;
}
