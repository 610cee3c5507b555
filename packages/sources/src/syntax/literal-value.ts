/** Evaluates constant expressions whose values JSON can represent. */
import type { Node, Program } from './syntax';

/** Returns the value of an expression; `undefined` if it is not a constant. */
export function literalValue(program: Program, node: Node): { readonly value: unknown } | undefined {
  const { is } = program;
  const inner = (of: Node | undefined) => (of === undefined ? undefined : literalValue(program, of));
  if (is(node, 'StringLiteral') || is(node, 'NoSubstitutionTemplateLiteral')) return { value: node.text };
  if (is(node, 'NumericLiteral')) return { value: Number(node.text) };
  if (is(node, 'TrueKeyword') || is(node, 'FalseKeyword')) return { value: is(node, 'TrueKeyword') };
  if (is(node, 'NullKeyword')) return { value: null };
  if (is(node, 'ParenthesizedExpression') || is(node, 'AsExpression') || is(node, 'SatisfiesExpression'))
    return inner(node.expression);
  if (is(node, 'PrefixUnaryExpression')) return negated(node, inner(node.operand));
  if (is(node, 'ArrayLiteralExpression')) return listOf((node.elements ?? []).map(inner));
  if (is(node, 'ObjectLiteralExpression')) return objectOf(program, node.properties ?? []);
  return program.valueOf(program.typeOf(node)); // a constant, or a member of an enum
}

function negated(node: Node, operand: { readonly value: unknown } | undefined): { readonly value: unknown } | undefined {
  return node.getText().startsWith('-') && typeof operand?.value === 'number' ? { value: -operand.value } : undefined;
}

function listOf(items: readonly ({ readonly value: unknown } | undefined)[]): { readonly value: unknown } | undefined {
  return items.every((item) => item !== undefined) ? { value: items.map((item) => item!.value) } : undefined;
}

function objectOf(program: Program, properties: readonly Node[]): { readonly value: unknown } | undefined {
  const members = properties.map((property) => {
    const name = property.name?.text;
    const value =
      program.is(property, 'PropertyAssignment') && property.initializer && literalValue(program, property.initializer);
    return name === undefined || !value ? undefined : ([name, value.value] as const);
  });
  return members.every((member) => member !== undefined) ? { value: Object.fromEntries(members) } : undefined;
}
