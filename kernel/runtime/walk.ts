import type { AnyNode, Node, Pattern } from "acorn";

/**
 * Calls `visit` for every node under (and with) `root`, parents first, in source order of their fields.
 *
 * @param visit returns false to leave out what is inside the node
 */
export function walk(root: AnyNode, visit: (node: AnyNode) => boolean): void {
  if (!visit(root)) return;
  for (const value of Object.values(root)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child as AnyNode, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** The names that a declaration's pattern binds. */
export function boundNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === "RestElement" ? property.argument : property.value),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? boundNames(element) : []));
    case "RestElement":
      return boundNames(pattern.argument);
    case "AssignmentPattern":
      return boundNames(pattern.left);
    case "MemberExpression":
      // A member is assigned to, not bound.
      return [];
  }
}
