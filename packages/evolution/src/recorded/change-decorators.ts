/** The decorators of recorded changes. */
import { LimitsBefore, RequiredBefore, type ValueLimits, ValuesSince, type ValuesSinceOptions } from '@concord-rpc/core';
import type { ChangeMark } from '../document/change-marks';

/** Returns the decorator of a recorded change. */
export function decoratorOf({ decorator, args: [version, about, options] }: ChangeMark): ReturnType<typeof RequiredBefore> {
  if (decorator === 'RequiredBefore') return RequiredBefore(version);
  if (decorator === 'LimitsBefore') return LimitsBefore(version, about as ValueLimits);
  return ValuesSince(version, about as readonly unknown[], options as ValuesSinceOptions | undefined);
}
