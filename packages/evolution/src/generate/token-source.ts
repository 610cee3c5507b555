/** Writes types as decorators name them, as TypeScript source. */
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { type IsClass, planOf, type TypePlan } from '../document/type-plan';
import { identifierOf, keyOf, literal } from './type-source';

/** Returns the source of a type as decorators name it; `undefined` if they cannot. */
export function tokenSource(schema: SchemaDocument, isClass: IsClass): string | undefined {
  const plan = planOf(schema, isClass);
  return plan && sourceOf(plan);
}

function sourceOf(plan: TypePlan): string {
  switch (plan.kind) {
    case 'single':
      return plan.name;
    case 'class':
      return identifierOf(plan.name);
    case 'array':
      return `[${sourceOf(plan.inner)}]`;
    case 'record':
      return `concord.recordOf(${sourceOf(plan.inner)})`;
    case 'nullable':
      return `concord.nullable(${sourceOf(plan.inner)})`;
    case 'enum':
      return `concord.enumOf(${literal(plan.values)})`;
    case 'union':
      return `concord.oneOf(${plan.members.map(sourceOf).join(', ')})`;
    case 'tagged': {
      const members = plan.members.map(([tag, type]) => `${keyOf(tag)}: ${identifierOf(type)}`).join(', ');
      return `concord.oneOf(${literal(plan.property)}, { ${members} })`;
    }
  }
}
