import { printString } from "../syntax/string.ts";
import { type Expression, isTypeName, type TypeName } from "./expression.ts";
import type { AttachPoint, CMember, CType, Item, Program } from "./program.ts";
import type { Statement } from "./statement.ts";

/**
 * A program as text, in today's spelling: reading it gives the same tree.
 *
 * @example print(parse({ name: "stdin", text: "BEGIN{@a=1}" })) // "BEGIN {\n  @a = 1;\n}\n"
 */
export const print = ({ items }: Program): string => items.map(printItem).join("\n");

function printItem(item: Item): string {
  switch (item.kind) {
    case "include":
      return `#include ${item.system ? `<${item.path}>` : `"${item.path}"`}\n`;
    case "define":
      return `#define ${item.name}${item.parameters ? `(${item.parameters.join(", ")})` : ""} ${item.text}\n`;
    case "c-declaration":
      return `${item.alias === undefined ? declaration(item.type, "") : `typedef ${declaration(item.type, item.alias)}`};\n`;
    case "config":
      return `config = {\n${item.entries.map(({ name, value }) => `  ${name} = ${configValue(value)};\n`).join("")}}\n`;
    case "import":
      return `import ${JSON.stringify(item.path)};\n`;
    case "map-declaration":
      return `let @${item.map} = ${item.type}(${item.size ?? ""});\n`;
    case "macro": {
      const signs = { variable: "$", map: "@", expression: "" };
      const parameters = item.parameters.map(({ kind, name }) => signs[kind] + name).join(", ");
      const value = item.value === undefined ? "" : `  ${valueOfBlock(item.value, "  ")}\n`;
      return `macro ${item.name}(${parameters}) {\n${statements(item.body, "  ")}${value}}\n`;
    }
    case "subprogram": {
      const parameters = item.parameters.map(({ name, type }) => `$${name} : ${printType(type)}`).join(", ");
      return `fn ${item.name}(${parameters}) : ${printType(item.returns)} {\n${statements(item.body, "  ")}}\n`;
    }
    case "probe": {
      const name = item.name === undefined ? "" : `${item.name}=`;
      const predicate = item.predicate === undefined ? "" : ` / ${printExpression(item.predicate)} /`;
      const points = item.points.map(printAttachPoint).join(",\n");
      return `${name}${points}${predicate} {\n${statements(item.body, "  ")}}\n`;
    }
  }
}

const configValue = (value: string | bigint | boolean): string =>
  typeof value === "string" && !/^[A-Za-z_]\w*$/.test(value) ? JSON.stringify(value) : String(value);

/** An attach point as it is written; parts that could not be read again stand in quotes. */
export function printAttachPoint({ provider, parts }: Pick<AttachPoint, "provider" | "parts">): string {
  const path = /^(?:u|ur|uprobe|uretprobe|usdt|U)$/.test(provider);
  const quoted = (part: string) =>
    (path || part.startsWith("/") ? /[\s:,{}";\\]/ : /[\s:,{}"/;\\]/).test(part)
      ? `"${part.replace(/["\\]/g, "\\$&")}"`
      : part;
  return [provider, ...parts.map(quoted)].join(":");
}

function declaration(type: CType, name: string): string {
  const join = (head: string) => (name === "" ? head : `${head} ${name}`);
  switch (type.kind) {
    case "name":
      return join(type.name);
    case "tagged":
      return join(`${type.tag} ${type.name}`);
    case "composite": {
      const members = type.members.map((member: CMember) => {
        const bits = member.bits > 0 ? ` : ${member.bits}` : "";
        return `${declaration(member.type, member.name)}${bits};`;
      });
      const packed = type.packed ? " __attribute__((packed))" : "";
      return join(`${type.tag}${type.name ? ` ${type.name}` : ""} { ${members.join(" ")} }${packed}`);
    }
    case "enumeration": {
      const values = type.values.map((entry) => `${entry.name} = ${entry.value}`).join(", ");
      return join(`enum${type.name ? ` ${type.name}` : ""} { ${values} }`);
    }
    case "pointer":
      return type.to.kind === "function" ? `void (*${name})(void)` : declaration(type.to, `*${name}`);
    case "array":
      return declaration(type.of, `${name}[${type.length}]`);
    case "function":
      return join("void");
  }
}

/** A type as it is written. */
export function printType(type: TypeName): string {
  switch (type.kind) {
    case "named-type":
      return type.tag === "" ? type.name : `${type.tag} ${type.name}`;
    case "pointer-type":
      return `${printType(type.to)} *`;
    case "array-type":
      return `${printType(type.of)}[${type.length ?? ""}]`;
    case "tuple-type":
      return `(${type.elements.map(printType).join(", ")})`;
    case "typeof-type":
      return `typeof(${typeOrExpression(type.of)})`;
  }
}

const typeOrExpression = (node: Expression | TypeName): string =>
  isTypeName(node) ? printType(node) : printExpression(node);

const statements = (list: readonly Statement[], indent: string): string =>
  list.map((statement) => `${indent}${printStatement(statement, indent)}\n`).join("");

const braces = (list: readonly Statement[], indent: string): string =>
  `{\n${statements(list, `${indent}  `)}${indent}}`;

/** An expression where a statement could stand: a brace would begin one. */
function valueOfBlock(expression: Expression, indent: string): string {
  const written = printExpression(expression, indent);
  return written.startsWith("{") ? `(${written})` : written;
}

/** A statement with its semicolon. */
export function printStatement(statement: Statement, indent = ""): string {
  const text = (expression: Expression) => printExpression(expression, indent);
  switch (statement.kind) {
    case "expression": {
      return `${valueOfBlock(statement.expression, indent)};`;
    }
    case "assign":
      return `${text(statement.target)} ${statement.operator ?? ""}= ${text(statement.value)};`;
    case "let": {
      const type = statement.type === undefined ? "" : ` : ${printType(statement.type)}`;
      const value = statement.value === undefined ? "" : ` = ${text(statement.value)}`;
      return `let $${statement.variable.name}${type}${value};`;
    }
    case "if": {
      const { condition, consequent, alternate } = statement;
      const head = `if (${text(condition)}) ${braces(consequent, indent)}`;
      if (alternate === undefined) return head;
      const only = alternate.length === 1 ? alternate[0]! : undefined;
      return `${head} else ${only?.kind === "if" ? printStatement(only, indent) : braces(alternate, indent)}`;
    }
    case "while":
      return `while (${text(statement.condition)}) ${braces(statement.body, indent)}`;
    case "unroll":
      return `unroll (${text(statement.count)}) ${braces(statement.body, indent)}`;
    case "for": {
      const { over } = statement;
      const what =
        over.kind === "map" ? text(over.map) : `${operand(over.start, 1, indent)}..${operand(over.end, 1, indent)}`;
      return `for ($${statement.variable.name} : ${what}) ${braces(statement.body, indent)}`;
    }
    case "jump":
      return `${statement.jump}${statement.value === undefined ? "" : ` ${text(statement.value)}`};`;
    case "scope":
      return braces(statement.body, indent);
  }
}

const PRECEDENCE: Readonly<Record<string, number>> = {
  ...{ "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, "<=": 7, ">": 7, ">=": 7 },
  ...{ "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10 },
};
const UNARY = 11;
const POSTFIX = 12;

function precedence(node: Expression): number {
  switch (node.kind) {
    case "ternary":
    case "block":
      return 0;
    case "binary":
      return PRECEDENCE[node.operator]!;
    case "unary":
    case "cast":
    case "step":
      return UNARY;
    default:
      return POSTFIX;
  }
}

/** An operand, in parentheses where it binds less than what is around it. */
const operand = (node: Expression, least: number, indent: string): string =>
  precedence(node) < least ? `(${printExpression(node, indent)})` : printExpression(node, indent);

/** An expression as it is written, with the parentheses that it needs. */
export function printExpression(node: Expression, indent = ""): string {
  const text = (inner: Expression) => printExpression(inner, indent);
  switch (node.kind) {
    case "integer":
      return String(node.value);
    case "string":
      return printString(node.value);
    case "boolean":
      return String(node.value);
    case "identifier":
      return node.name;
    case "parameter":
      return `$${node.index === "count" ? "#" : node.index}`;
    case "variable":
      return `$${node.name}`;
    case "map":
      return `@${node.name}${node.key === undefined ? "" : `[${node.key.map(text).join(", ")}]`}`;
    case "call":
      return `${node.name}(${node.args.map(typeOrExpression).join(", ")})`;
    case "member":
      return `${operand(node.object, POSTFIX, indent)}${node.arrow ? "->" : "."}${node.name}`;
    case "element":
      return `${operand(node.object, POSTFIX, indent)}.${node.index}`;
    case "index": {
      const object = operand(node.object, POSTFIX, indent);
      // `@m[1]` is an element of a map; `(@m)[1]` one of its value.
      return `${node.object.kind === "map" && node.object.key === undefined ? `(${object})` : object}[${text(node.index)}]`;
    }
    case "unary": {
      const inner = operand(node.operand, UNARY, indent);
      // Two signs in a row would be read as one.
      return `${node.operator}${/^[-+&]/.test(inner) ? `(${inner})` : inner}`;
    }
    case "step": {
      const target = text(node.target);
      return node.prefix ? `${node.operator}${target}` : `${target}${node.operator}`;
    }
    case "binary": {
      const own = PRECEDENCE[node.operator]!;
      return `${operand(node.left, own, indent)} ${node.operator} ${operand(node.right, own + 1, indent)}`;
    }
    case "ternary":
      return `${operand(node.condition, 1, indent)} ? ${text(node.consequent)} : ${text(node.alternate)}`;
    case "cast":
      return `(${printType(node.type)})${castOperand(node.operand, indent)}`;
    case "sizeof":
      return `sizeof(${typeOrExpression(node.of)})`;
    case "offsetof":
      return `offsetof(${typeOrExpression(node.of)}, ${node.path.join(".")})`;
    case "tuple":
      return `(${node.elements.map(text).join(", ")}${node.elements.length === 1 ? "," : ""})`;
    case "record":
      return `(${node.fields.map(({ name, value }) => `${name}=${text(value)}`).join(", ")})`;
    case "block": {
      const value = `${indent}  ${valueOfBlock(node.value, `${indent}  `)}\n`;
      return `{\n${statements(node.statements, `${indent}  `)}${value}${indent}}`;
    }
  }
}

/** After a type in parentheses a sign could be taken for an operator between two values. */
function castOperand(node: Expression, indent: string): string {
  const inner = operand(node, UNARY, indent);
  return node.kind === "unary" || node.kind === "step" ? `(${inner})` : inner;
}
