import type { Expression, TypeName } from "../../src/bpftrace/ast/expression.ts";
import { isTypeName } from "../../src/bpftrace/ast/expression.ts";
import type { Program } from "../../src/bpftrace/ast/program.ts";
import type { Statement } from "../../src/bpftrace/ast/statement.ts";

/** What an expression comes to. `known`: the compiler knows it, and computes with signs where programs do not. */
type Result =
  | { readonly kind: "number"; readonly value: bigint; readonly known: boolean }
  | { readonly kind: "truth"; readonly value: boolean }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "tuple"; readonly value: readonly Result[] };

/** How statements end before their end. */
type Jump = "break" | "continue" | "return" | undefined;

const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
const number = (value: bigint, known = false): Result => ({ kind: "number", value: signed(value), known });

class Unsupported extends Error {}

function numberOf(result: Result): bigint {
  if (result.kind === "number") return result.value;
  if (result.kind === "truth") return result.value ? 1n : 0n;
  throw new Unsupported(`a ${result.kind} as a number`);
}

const truthOf = (result: Result): boolean => numberOf(result) !== 0n;

function textOf(result: Result): string {
  if (result.kind === "tuple") return `(${result.value.map(textOf).join(", ")})`;
  return String(result.value);
}

/**
 * What a program's probe prints, worked out from its syntax tree alone: nothing here is shared with the analysis and the
 * compiler. It knows the part of the language that `typed-programs.ts` makes programs of.
 */
export class Evaluator {
  readonly lines: string[] = [];
  readonly #variables = new Map<string, Result>();
  readonly #maps = new Map<string, Map<string, bigint>>();
  #args: ReadonlyMap<string, Result> = new Map();
  readonly #program: Program;
  #returned: Result | undefined;

  constructor(program: Program) {
    this.#program = program;
  }

  run(): readonly string[] {
    for (const item of this.#program.items) if (item.kind === "probe") this.#all(item.body);
    return this.lines;
  }

  #all(statements: readonly Statement[]): Jump {
    for (const statement of statements) {
      const jump = this.#one(statement);
      if (jump !== undefined) return jump;
    }
    return undefined;
  }

  #one(statement: Statement): Jump {
    switch (statement.kind) {
      case "expression":
        this.#value(statement.expression);
        return undefined;
      case "assign":
        this.#assign(statement);
        return undefined;
      case "if":
        return this.#all(
          truthOf(this.#value(statement.condition)) ? statement.consequent : (statement.alternate ?? []),
        );
      case "while":
        while (truthOf(this.#value(statement.condition))) {
          const jump = this.#all(statement.body);
          if (jump === "break") break;
          if (jump === "return") return jump;
        }
        return undefined;
      case "unroll":
        for (let left = numberOf(this.#value(statement.count)); left > 0n; left--) {
          const jump = this.#all(statement.body);
          if (jump === "break") break;
          if (jump === "return") return jump;
        }
        return undefined;
      case "for": {
        if (statement.over.kind !== "range") throw new Unsupported("for over a map");
        const end = numberOf(this.#value(statement.over.end));
        for (let at = numberOf(this.#value(statement.over.start)); at < end; at++) {
          this.#variables.set(statement.variable.name, number(at));
          const jump = this.#all(statement.body);
          if (jump === "break") break;
          if (jump === "return") return jump;
        }
        return undefined;
      }
      case "jump":
        if (statement.value !== undefined) this.#returned = this.#value(statement.value);
        return statement.jump;
      default:
        throw new Unsupported(statement.kind);
    }
  }

  #assign({ target, operator, value: written }: Extract<Statement, { kind: "assign" }>): void {
    if (target.kind === "map" && written.kind === "call" && this.#aggregate(target, written)) return;
    // `a += b` is `a = a + b`.
    const before = operator === undefined ? undefined : this.#value(target);
    const value = this.#value(written);
    this.#store(target, before === undefined ? value : this.#arithmetic(operator!, before, value));
  }

  #store(target: Expression, result: Result): void {
    if (target.kind === "variable") {
      this.#variables.set(target.name, result.kind === "number" ? number(result.value) : result);
      return;
    }
    if (target.kind !== "map") throw new Unsupported("a target");
    this.#map(target.name).set(this.#key(target), numberOf(result));
  }

  #map(name: string): Map<string, bigint> {
    const map = this.#maps.get(name) ?? new Map<string, bigint>();
    this.#maps.set(name, map);
    return map;
  }

  #key({ key }: Extract<Expression, { kind: "map" }>): string {
    return (key ?? []).map((part) => textOf(this.#value(part))).join(",");
  }

  /** `@m = count()` and its relatives. */
  #aggregate(
    target: Extract<Expression, { kind: "map" }>,
    { name, args }: Extract<Expression, { kind: "call" }>,
  ): boolean {
    if (!["count", "sum", "min", "max"].includes(name)) return false;
    const [argument] = args;
    const value = argument === undefined || isTypeName(argument) ? 1n : numberOf(this.#value(argument));
    const map = this.#map(target.name);
    const key = this.#key(target);
    const before = map.get(key);
    if (before === undefined) map.set(key, value);
    else if (name === "min") map.set(key, value < before ? value : before);
    else if (name === "max") map.set(key, value > before ? value : before);
    else map.set(key, signed(before + value));
    return true;
  }

  #value(node: Expression): Result {
    switch (node.kind) {
      case "integer":
        return number(node.value, true);
      case "string":
        return { kind: "text", value: node.value };
      case "boolean":
        return { kind: "truth", value: node.value };
      case "variable":
        return this.#args.get(node.name) ?? this.#variables.get(node.name)!;
      case "map":
        return number(this.#map(node.name).get(this.#key(node)) ?? 0n);
      case "unary":
        return this.#unary(node.operator, this.#value(node.operand));
      case "binary":
        return this.#binary(node);
      case "ternary":
        return unknown(this.#value(truthOf(this.#value(node.condition)) ? node.consequent : node.alternate));
      case "cast":
        return this.#cast(node.type, this.#value(node.operand));
      case "step": {
        const before = numberOf(this.#value(node.target));
        const next = number(before + (node.operator === "++" ? 1n : -1n));
        this.#store(node.target, next);
        return node.prefix ? next : number(before);
      }
      case "tuple":
        return { kind: "tuple", value: node.elements.map((element) => this.#value(element)) };
      case "call":
        return this.#call(node);
      default:
        throw new Unsupported(node.kind);
    }
  }

  #unary(operator: string, operand: Result): Result {
    if (operator === "!") return { kind: "truth", value: !truthOf(operand) };
    const known = operand.kind === "number" && operand.known;
    return number(operator === "-" ? -numberOf(operand) : ~numberOf(operand), known);
  }

  #binary(node: Extract<Expression, { kind: "binary" }>): Result {
    const { operator } = node;
    const left = this.#value(node.left);
    if (operator === "&&") return { kind: "truth", value: truthOf(left) && truthOf(this.#value(node.right)) };
    if (operator === "||") return { kind: "truth", value: truthOf(left) || truthOf(this.#value(node.right)) };
    const right = this.#value(node.right);
    if (left.kind === "text" && right.kind === "text")
      return { kind: "truth", value: (left.value === right.value) === (operator === "==") };
    const [a, b] = [numberOf(left), numberOf(right)];
    switch (operator) {
      case "==":
        return { kind: "truth", value: a === b };
      case "!=":
        return { kind: "truth", value: a !== b };
      case "<":
        return { kind: "truth", value: a < b };
      case "<=":
        return { kind: "truth", value: a <= b };
      case ">":
        return { kind: "truth", value: a > b };
      case ">=":
        return { kind: "truth", value: a >= b };
      default:
        return this.#arithmetic(operator, left, right);
    }
  }

  #arithmetic(operator: string, left: Result, right: Result): Result {
    const [a, b] = [numberOf(left), numberOf(right)];
    const known = left.kind === "number" && right.kind === "number" && left.known && right.known;
    switch (operator) {
      case "+":
        return number(a + b, known);
      case "-":
        return number(a - b, known);
      case "*":
        return number(a * b, known);
      case "/":
        // Programs divide without signs, and by zero as the processor of BPF does.
        return b === 0n ? number(0n) : known ? number(a / b, true) : number(unsigned(a) / unsigned(b));
      case "%":
        return b === 0n ? number(a) : known ? number(a % b, true) : number(unsigned(a) % unsigned(b));
      case "&":
        return number(a & b, known);
      case "|":
        return number(a | b, known);
      case "^":
        return number(a ^ b, known);
      case "<<":
        return number(a << (b & 63n), known);
      case ">>":
        return number(a >> (b & 63n), known);
      default:
        throw new Unsupported(operator);
    }
  }

  #cast(type: TypeName, operand: Result): Result {
    const [, sign = "", bits = ""] = (type.kind === "named-type" && /^(u?)int(\d+)$/.exec(type.name)) || [];
    if (bits === "") throw new Unsupported("a cast");
    const value = numberOf(operand);
    const cut = sign === "u" ? BigInt.asUintN(Number(bits), value) : BigInt.asIntN(Number(bits), value);
    return { kind: "number", value: cut, known: operand.kind === "number" && operand.known };
  }

  #call({ name, args }: Extract<Expression, { kind: "call" }>): Result {
    const own = this.#program.items.find((item) => item.kind === "subprogram" && item.name === name);
    if (own?.kind === "subprogram") {
      const given = args.map((argument) => unknown(this.#value(argument as Expression)));
      const before = this.#args;
      this.#args = new Map(own.parameters.map((parameter, index) => [parameter.name, given[index]!]));
      this.#all(own.body);
      this.#args = before;
      return unknown(this.#returned!);
    }
    const [first, second] = args as readonly Expression[];
    switch (name) {
      case "print":
        // A whole map is printed with its name.
        this.lines.push(
          `${first?.kind === "map" && first.key === undefined ? `@${first.name}: ` : ""}${textOf(this.#value(first!))}`,
        );
        return number(0n);
      case "has_key":
        return {
          kind: "truth",
          value: this.#map((first as { name: string }).name).has(textOf(this.#value(second!))),
        };
      case "delete":
        this.#map((first as { name: string }).name).delete(textOf(this.#value(second!)));
        return number(0n);
      case "len":
        return number(BigInt(this.#map((first as { name: string }).name).size));
      case "strlen":
        return number(BigInt(textOf(this.#value(first!)).length));
      case "exit":
        return number(0n);
      default:
        throw new Unsupported(name);
    }
  }
}

/** The value of what the compiler does not look into. */
const unknown = (result: Result): Result => (result.kind === "number" ? { ...result, known: false } : result);
