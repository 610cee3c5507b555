/** Reports the violations of an instance with class-validator's messages, and stops once a request has enough of them. */
import type { Class } from '@concord-rpc/core';
import { type Findings, isFull, safeText } from '@concord-rpc/core/engine';
import { type AcceptanceCompiler, isCollection, isYes } from './compile-acceptance';
import { classValidator, type PropertyMetadata } from './decorators/libraries';
import { type MessageArgs, messageOf } from './decorators/messages';
import type { Property, PropertyValidator } from './read-properties';

const UNKNOWN = 'an unknown value was passed to the validate function';
const OPTIONS = { forbidUnknownValues: true, validationError: { target: false, value: false } };

/** Reports violations in the order of class-validator, which has no limit of its own. */
export class ViolationReport {
  /** `known`: paths whose structure is wrong. They are reported already, and the values under them are not checked. */
  constructor(
    private readonly compiler: AcceptanceCompiler,
    private readonly findings: Findings,
    private readonly known: ReadonlySet<string>,
  ) {}

  /** Reports the violations of an instance. Throws what a validator throws. */
  ofInstance(instance: object, path: string): void {
    const type = instance.constructor as Class;
    const properties = this.compiler.propertiesOf(type);
    if (properties === undefined) this.byLibrary(instance, path);
    else for (const property of properties) if (!isFull(this.findings)) this.ofProperty(instance, property, path);
  }

  private ofProperty(object: object, property: Property, parent: string): void {
    const path = `${parent}.${property.name}`;
    if (this.known.has(path)) return;
    const value = (object as Record<string, unknown>)[property.name];
    property.instances?.(value, path, (instance, at) => {
      if (!this.known.has(at)) this.ofInstance(instance, at);
      return !isFull(this.findings);
    });
    let applies = true;
    for (const condition of property.conditions) applies = condition(object, value) && applies;
    if (!applies) return;
    const messages = new Map<string, string>();
    for (const validator of property.validators) {
      const args = argsOf(object, property.name, value, validator.constraints);
      if (!accepts(validator, args)) messages.set(validator.kind, messageOf(validator.metadata, validator.instance(), args));
    }
    for (const message of messages.values()) this.add(path, message);
    if (property.nested !== undefined) this.ofNested(value, property.nested, path);
  }

  private ofNested(value: unknown, nested: PropertyMetadata, path: string): void {
    if (value === undefined || isFull(this.findings) || this.known.has(path)) return;
    if (isCollection(value)) {
      let index = 0;
      for (const item of value.values()) {
        if (isFull(this.findings)) return;
        this.ofNested(item, nested, `${path}[${index++}]`);
      }
    } else if (value instanceof Object) this.ofInstance(value, path);
    else this.add(path, messageOf(nested, undefined, argsOf(value as never, nested.propertyName, value, nested.constraints)));
  }

  /** Asks class-validator itself about a class with no decorators, or with decorators that this file does not know. */
  private byLibrary(instance: object, path: string): void {
    for (const { property, constraints, children } of classValidator().validateSync(instance, OPTIONS)) {
      const at = property === undefined ? path : `${path}.${property}`;
      const messages = Object.values(constraints ?? {});
      if (messages.length === 0 && children !== undefined && children.length > 0) messages.push(UNKNOWN);
      for (const message of messages) this.add(at, message);
    }
  }

  private add(path: string, message: string): void {
    if (!isFull(this.findings)) this.findings.violations.push({ path: safeText(path), message: safeText(message) });
  }
}

function argsOf(object: object, property: string, value: unknown, constraints: readonly unknown[] | undefined): MessageArgs {
  return { targetName: object?.constructor?.name, property, object, value, constraints };
}

function accepts({ validate, validateIf, each }: PropertyValidator, args: MessageArgs): boolean {
  const { object, value } = args;
  if (validateIf !== undefined && !validateIf(object, value)) return true;
  if (!each || !isCollection(value)) return isYes(validate(value, args));
  for (const item of value.values()) if (!isYes(validate(item, args))) return false;
  return true;
}
