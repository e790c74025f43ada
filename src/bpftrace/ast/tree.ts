import { type Expression, isTypeName, type TypeName } from "./expression.ts";
import { printAttachPoint, printType } from "./print.ts";
import type { Item, Program } from "./program.ts";
import type { Statement } from "./statement.ts";

/** Says what stands behind a node of an expression; nothing where it is undefined. */
export type Annotate = (node: Expression) => string | undefined;

/**
 * A program's syntax tree as `bpftrace -d` prints it: a line a node, each a blank further in than what it belongs to.
 *
 * @example
 * treeText(parse({ name: "stdin", text: "BEGIN { @a = 1 }" })) // "Program\n BEGIN\n  =\n   map: @a\n   int: 1\n"
 */
export function treeText(program: Program, annotate: Annotate = () => undefined): string {
  const tree = new Tree(annotate);
  tree.line(0, "Program");
  for (const item of program.items) tree.item(item);
  return `${tree.lines.join("\n")}\n`;
}

class Tree {
  readonly lines: string[] = [];
  readonly #annotate: Annotate;

  constructor(annotate: Annotate) {
    this.#annotate = annotate;
  }

  line(depth: number, text: string): void {
    this.lines.push(" ".repeat(depth) + text);
  }

  item(item: Item): void {
    switch (item.kind) {
      case "probe":
        for (const point of item.points) this.line(1, printAttachPoint(point));
        if (item.predicate !== undefined) {
          this.line(2, "pred");
          this.expression(3, item.predicate);
        }
        this.statements(2, item.body);
        return;
      case "macro":
        this.line(1, `macro: ${item.name}`);
        this.statements(2, item.body);
        if (item.value !== undefined) this.expression(2, item.value);
        return;
      case "subprogram":
        this.line(1, `fn: ${item.name}`);
        this.statements(2, item.body);
        return;
      case "config":
        this.line(1, "config");
        for (const { name, value } of item.entries) this.line(2, `${name}: ${value}`);
        return;
      case "map-declaration":
        this.line(1, `decl: @${item.map} ${item.type}(${item.size ?? ""})`);
        return;
      case "import":
        this.line(1, `import: ${item.path}`);
        return;
      case "define":
        this.line(1, `define: ${item.name} ${item.text}`);
        return;
      case "include":
        this.line(1, `include: ${item.path}`);
        return;
      case "c-declaration":
        this.line(1, `c type: ${"name" in item.type ? item.type.name : (item.alias ?? "")}`);
        return;
    }
  }

  statements(depth: number, list: readonly Statement[]): void {
    for (const statement of list) this.statement(depth, statement);
  }

  statement(depth: number, statement: Statement): void {
    switch (statement.kind) {
      case "expression":
        this.expression(depth, statement.expression);
        return;
      case "assign":
        this.line(depth, `${statement.operator ?? ""}=`);
        this.expression(depth + 1, statement.target);
        this.expression(depth + 1, statement.value);
        return;
      case "let":
        this.line(depth, "decl");
        this.expression(depth + 1, statement.variable);
        if (statement.type !== undefined) this.line(depth + 1, `type: ${printType(statement.type)}`);
        if (statement.value !== undefined) this.expression(depth + 1, statement.value);
        return;
      case "if":
        this.line(depth, "if");
        this.expression(depth + 1, statement.condition);
        this.#body(depth + 1, "then", statement.consequent);
        if (statement.alternate !== undefined) this.#body(depth + 1, "else", statement.alternate);
        return;
      case "while":
        this.line(depth, "while(");
        this.expression(depth + 2, statement.condition);
        this.line(depth + 1, ")");
        this.statements(depth + 2, statement.body);
        return;
      case "unroll":
        this.line(depth, "unroll");
        this.expression(depth + 1, statement.count);
        this.#body(depth + 1, "block", statement.body);
        return;
      case "for":
        this.line(depth, "for");
        this.#body(depth + 1, "decl", []);
        this.expression(depth + 2, statement.variable);
        this.line(depth + 1, statement.over.kind === "map" ? "expr" : "range");
        if (statement.over.kind === "map") this.expression(depth + 2, statement.over.map);
        else for (const bound of [statement.over.start, statement.over.end]) this.expression(depth + 2, bound);
        this.#body(depth + 1, "stmts", statement.body);
        return;
      case "jump":
        this.line(depth, statement.jump);
        if (statement.value !== undefined) this.expression(depth + 1, statement.value);
        return;
      case "scope":
        this.#body(depth, "block", statement.body);
        return;
    }
  }

  #body(depth: number, word: string, list: readonly Statement[]): void {
    this.line(depth, word);
    this.statements(depth + 1, list);
  }

  expression(depth: number, node: Expression): void {
    const said = this.#annotate(node);
    const head = (text: string): void => this.line(depth, said === undefined ? text : `${text} :: ${said}`);
    const below = (...nodes: readonly (Expression | TypeName)[]) => {
      for (const each of nodes) {
        if (isTypeName(each)) this.line(depth + 1, `type: ${printType(each)}`);
        else this.expression(depth + 1, each);
      }
    };
    switch (node.kind) {
      case "integer":
        head(`int: ${node.value}`);
        return;
      case "string":
        head(`string: ${JSON.stringify(node.value).slice(1, -1)}`);
        return;
      case "boolean":
        head(`bool: ${node.value}`);
        return;
      case "identifier":
        head(`builtin: ${node.name}`);
        return;
      case "parameter":
        head(`param: $${node.index === "count" ? "#" : node.index}`);
        return;
      case "variable":
        head(`variable: $${node.name}`);
        return;
      case "map":
        head(`map: @${node.name}`);
        below(...(node.key ?? []));
        return;
      case "call":
        head(`call: ${node.name}`);
        below(...node.args);
        return;
      case "member":
        head(".");
        below(node.object);
        this.line(depth + 1, node.name);
        return;
      case "element":
        head(".");
        below(node.object);
        this.line(depth + 1, String(node.index));
        return;
      case "index":
        head("[]");
        below(node.object, node.index);
        return;
      case "unary":
        head(node.operator === "*" ? "dereference" : node.operator);
        below(node.operand);
        return;
      case "step":
        head(`${node.prefix ? "pre" : "post"}${node.operator}`);
        below(node.target);
        return;
      case "binary":
        head(node.operator);
        below(node.left, node.right);
        return;
      case "ternary":
        head("?:");
        below(node.condition, node.consequent, node.alternate);
        return;
      case "cast":
        head(`(${printType(node.type)})`);
        below(node.operand);
        return;
      case "sizeof":
        head("sizeof:");
        below(node.of);
        return;
      case "offsetof":
        head(`offsetof: ${node.path.join(".")}`);
        below(node.of);
        return;
      case "tuple":
        head("tuple:");
        below(...node.elements);
        return;
      case "record":
        head("record:");
        for (const { name, value } of node.fields) {
          this.line(depth + 1, `.${name}`);
          this.expression(depth + 2, value);
        }
        return;
      case "block":
        head("block:");
        this.statements(depth + 1, node.statements);
        below(node.value);
        return;
    }
  }
}
