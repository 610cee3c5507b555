/** The decorators of versions: when a part was added, changed or deprecated, and how results are converted for older callers. */
import type { Class } from '../schema/type-token';
import { type DeprecatedMark, type HistoryMark, ownMethod, ownParameter, ownRecord, type SinceMark } from './class-metadata';
import type { DeprecatedOptions, MarkedVersion, SinceOptions, ValueLimits, ValuesSinceOptions } from './decorator-options';
import { memberDecorator } from './member-decorator';
import { insteadOfSince } from './refused-options';
import { awaitClass, isStandard } from './standard-decorators';

/**
 * States the version that added an argument of a method or a field of a DTO. A call that passes the part needs that version; a call
 * without it can be served by older servers. A DTO shared by endpoints names a version for each: `@Since({ Ports: '1.3', Nets: '2.1' })`.
 */
export function Since(version: MarkedVersion, options: SinceOptions = {}) {
  return memberDecorator('@Since', ({ record, name, index }) => {
    const instead = insteadOfSince(version, options);
    const where = typeof index === 'number' ? `argument ${index} of ${name}` : name;
    if (instead !== undefined) record.mistakes.push(`has @Since with values, fallback or was on ${where}: write ${instead}`);
    const mark: SinceMark = { version, droppable: options.droppable };
    if (typeof index === 'number') {
      const parameter = ownParameter(ownMethod(record, name), index);
      if (parameter.since !== undefined) record.mistakes.push(`has @Since twice on ${where}`);
      parameter.since = mark;
    } else if (typeof index?.value === 'function') {
      record.mistakes.push(`has @Since on the method ${name}: write @RpcMethod({ since: '…' })`);
    } else {
      record.fields.set(name, mark);
    }
  });
}

/**
 * States the version that added values to the list of an older argument or field: `@ValuesSince('1.3', ['DOWN'], { fallback: 'UP' })`.
 * A call that passes one of the values needs that version. A caller of an older version gets the fallback in their place.
 */
export function ValuesSince(version: MarkedVersion, values: readonly unknown[], { fallback }: ValuesSinceOptions = {}) {
  return recordHistory({ decorator: '@ValuesSince', version, values, ...(fallback !== undefined && { fallback }) });
}

/**
 * States the limits that an older argument or field had before this version: `@LimitsBefore('1.3', { maximum: 1500 })`. A call with a
 * value beyond these limits needs this version.
 */
export function LimitsBefore(version: MarkedVersion, limits: ValueLimits) {
  return recordHistory({ decorator: '@LimitsBefore', version, limits });
}

/** States that an optional argument or field was required before this version. A call without it needs this version. */
export function RequiredBefore(version: MarkedVersion) {
  return recordHistory({ decorator: '@RequiredBefore', version });
}

function recordHistory(mark: HistoryMark) {
  return memberDecorator(mark.decorator, ({ record, name, index }) => {
    if (typeof index === 'number') {
      const parameter = ownParameter(ownMethod(record, name), index);
      parameter.history = [...(parameter.history ?? []), mark];
    } else if (typeof index?.value === 'function') {
      record.mistakes.push(`has ${mark.decorator} on the method ${name}: it belongs on an argument or a field`);
    } else {
      record.history.set(name, [...(record.history.get(name) ?? []), mark]);
    }
  });
}

/**
 * Deprecates a method, an argument or a field of a DTO from a version on. The part works as before; contract files and generated
 * clients show the deprecation, and a new major can remove the part as announced.
 */
export function Deprecated(version: MarkedVersion, options: DeprecatedOptions = {}) {
  return memberDecorator('@Deprecated', ({ record, name, index }) => {
    const mark: DeprecatedMark = { version, ...options };
    if (typeof index === 'number') ownParameter(ownMethod(record, name), index).deprecated = mark;
    else if (typeof index?.value === 'function') ownMethod(record, name).deprecated = mark;
    else record.deprecations.set(name, mark);
  });
}

/**
 * Marks a static method of a DTO class that converts a result for callers at or below this version, when removing newer fields is
 * not enough. It gets the value that the handler returned, or that the backport of the next version returned, and returns a new
 * value, from which newer fields are then removed.
 */
export function Backport(upTo: MarkedVersion) {
  const decorate = (
    type: object,
    key: string | symbol | Pick<ClassMethodDecoratorContext, 'kind' | 'name'>,
    descriptor?: PropertyDescriptor,
  ): void => {
    if (isStandard(key)) {
      awaitClass(key, '@Backport', decorate);
      return;
    }
    if (typeof type !== 'function' || typeof key !== 'string' || typeof descriptor?.value !== 'function') {
      const owner = typeof type === 'function' ? type : type.constructor;
      ownRecord(owner as unknown as Class).mistakes.push(`has @Backport on ${String(key)}, which is not a static method`);
      return;
    }
    ownRecord(type as unknown as Class).backports.set(key, upTo);
  };
  return decorate;
}
