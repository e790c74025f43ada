import type { TypeName } from "../ast/expression.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./parse-expression.ts";

/** Types whose names are words of the language: they need no `struct`, and a cast to one needs no guessing. */
export const BASIC_TYPES: ReadonlySet<string> = new Set([
  ...["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"],
  ...[
    "string",
    "buffer",
    "inet",
    "void",
    "min_t",
    "max_t",
    "sum_t",
    "avg_t",
    "count_t",
    "stats_t",
    "hist_t",
    "lhist_t",
  ],
  ...[
    "tseries_t",
    "mac_address",
    "ksym_t",
    "usym_t",
    "kstack_t",
    "ustack_t",
    "username_t",
    "timestamp",
    "cgroup_path_t",
  ],
]);

/** The words between `(` and `)` that can only be a type. */
const TAGS: ReadonlySet<string> = new Set(["struct", "union", "enum"]);

/** Whether the next tokens begin with a word that only types begin with. */
export function seesType(cursor: Cursor): boolean {
  const { kind, text } = cursor.peek();
  return kind === "identifier" && (TAGS.has(text) || BASIC_TYPES.has(text) || text === "typeof");
}

/** A type: `uint64`, `struct file *`, `int32*[4]`, `typeof($x)`, `(int8,string)`. */
export function parseType(cursor: Cursor): TypeName {
  return cursor.nested(() => {
    const start = cursor.peek().span.start;
    let type = baseType(cursor, start);
    for (;;) {
      if (cursor.take("*")) type = { kind: "pointer-type", to: type, span: cursor.span(start) };
      else if (cursor.take("[")) {
        const length = cursor.peek().kind === "integer" ? Number(cursor.next().value) : undefined;
        cursor.expect("]");
        type = { kind: "array-type", of: type, length, span: cursor.span(start) };
      } else return type;
    }
  });
}

function baseType(cursor: Cursor, start: number): TypeName {
  if (cursor.take("(")) {
    const elements: TypeName[] = [];
    if (!cursor.sees(")"))
      do elements.push(parseType(cursor));
      while (cursor.take(","));
    cursor.expect(")", ",");
    return { kind: "tuple-type", elements, span: cursor.span(start) };
  }
  const word = cursor.identifier();
  if (word.text === "typeof" && cursor.take("(")) {
    const of = parseTypeOrExpression(cursor);
    cursor.expect(")");
    return { kind: "typeof-type", of, span: cursor.span(start) };
  }
  if (TAGS.has(word.text)) {
    const { text: name } = cursor.identifier();
    return { kind: "named-type", tag: word.text as "struct" | "union" | "enum", name, span: cursor.span(start) };
  }
  let name = word.text;
  // `unsigned long`, `const char`: C's own names of several words.
  while (C_WORDS.has(name.split(" ").at(-1)!) && cursor.peek().kind === "identifier") name += ` ${cursor.next().text}`;
  return { kind: "named-type", tag: "", name, span: cursor.span(start) };
}

const C_WORDS: ReadonlySet<string> = new Set(["unsigned", "signed", "long", "short", "const", "volatile"]);

/** What `sizeof` takes. */
export function parseTypeOrExpression(cursor: Cursor) {
  return seesType(cursor) ? parseType(cursor) : parseExpression(cursor);
}
