import type { BinaryOperator, Span } from "../ast/expression.ts";
import type { AggregateName, Field, Space, Type } from "../types/type.ts";

/** A map of the program. Its types become known, and grow, while the program is analysed. */
export interface MapInfo {
  readonly name: string;
  readonly index: number;
  /** Types of the key's parts; empty for a map without key, undefined while no access has been seen. */
  key: readonly Type[] | undefined;
  value: Type;
  /** From `let @m = lruhash(100)`. */
  kind: "hash" | "lruhash" | "percpuhash" | "percpulruhash" | undefined;
  maxEntries: number | undefined;
}

/** A variable of one probe. */
export interface Variable {
  readonly name: string;
  readonly index: number;
  type: Type;
}

/** What the program tells its reader: a record in the ring buffer that begins with the number of its row. */
export interface EventRow {
  readonly kind:
    | (
        | "printf"
        | "errorf"
        | "warnf"
        | "print-map"
        | "print-value"
        | "clear"
        | "zero"
        | "exit"
        | "time"
        | "join"
        | "cat"
        | "unwatch"
      )
    | ("system" | "runtime-error");
  /** Types of the values in the record, after its number. */
  types: readonly Type[];
  /** What `printf`, `time`, `cat` and `system` are given; bytes. */
  readonly format?: string;
  readonly map?: MapInfo;
  /** Of `print(@m, top, div)`. */
  readonly top?: bigint;
  readonly div?: bigint;
  /** What joins the words of `join`. */
  readonly delimiter?: string;
  readonly index: number;
  readonly span: Span;
}

/** Values that are there without being computed. */
export type BuiltinName =
  | ("pid" | "tid" | "uid" | "gid" | "cpu" | "comm" | "nsecs" | "elapsed" | "curtask" | "rand" | "cgroup" | "numaid")
  | ("jiffies" | "retval" | "func" | "ncpus" | "ctx" | "nsecs_tai" | "username");

/** Numbers of two operands that give a number. */
export type Arithmetic = Exclude<BinaryOperator, "&&" | "||" | "==" | "!=" | "<" | "<=" | ">" | ">=">;
export type Comparison = Extract<BinaryOperator, "==" | "!=" | "<" | "<=" | ">" | ">=">;

interface Typed<Op extends string> {
  readonly op: Op;
  readonly type: Type;
}

/** A value with its type: names are resolved, macros and constants gone. */
export type Value =
  | (Typed<"integer"> & { readonly value: bigint })
  | (Typed<"string"> & { readonly value: string })
  | (Typed<"builtin"> & { readonly name: BuiltinName })
  /** The nth argument of a function, from its registers. */
  | (Typed<"argument"> & { readonly index: number })
  | (Typed<"register"> & { readonly offset: number })
  | (Typed<"variable"> & { readonly variable: Variable })
  | (Typed<"map"> & { readonly map: MapInfo; readonly key: readonly Value[] })
  /** What an aggregation has come to over all CPUs. */
  | (Typed<"aggregate"> & { readonly map: MapInfo; readonly key: readonly Value[] })
  | (Typed<"has-key"> & { readonly map: MapInfo; readonly key: readonly Value[] })
  | (Typed<"map-size"> & { readonly map: MapInfo })
  | (Typed<"arithmetic"> & { readonly operator: Arithmetic; readonly left: Value; readonly right: Value })
  | (Typed<"compare"> & {
      readonly operator: Comparison;
      readonly signed: boolean;
      readonly left: Value;
      readonly right: Value;
    })
  /** Whether bytes are equal: of strings at most `limit`, and where `terminated` not beyond a zero. */
  | (Typed<"equal-bytes"> & {
      readonly left: Value;
      readonly right: Value;
      readonly negate: boolean;
      readonly limit: number;
      readonly terminated: boolean;
    })
  | (Typed<"logical"> & { readonly operator: "&&" | "||"; readonly left: Value; readonly right: Value })
  | (Typed<"not" | "negate" | "complement" | "convert"> & { readonly operand: Value })
  | (Typed<"choose"> & { readonly condition: Value; readonly consequent: Value; readonly alternate: Value })
  | (Typed<"step"> & { readonly target: Value; readonly by: 1 | -1; readonly prefix: boolean })
  /** A place in memory: a struct or array as it lies there, or what is read from there. */
  | (Typed<"place"> & {
      readonly address: Value;
      readonly offset: number;
      readonly space: Space;
      readonly bits: Field["bits"];
    })
  /** The address of a place. */
  | (Typed<"address"> & { readonly of: Value })
  /** A part of the event's record. */
  | (Typed<"context"> & { readonly offset: number; readonly dataLoc: boolean })
  /** A part of a value that has several. */
  | (Typed<"part"> & { readonly object: Value; readonly offset: number; readonly bits: Field["bits"] })
  /** An element of a value that is an array, by a number that is known when it runs. */
  | (Typed<"element"> & { readonly object: Value; readonly index: Value })
  | (Typed<"tuple"> & { readonly elements: readonly Value[] })
  | (Typed<"block"> & { readonly actions: readonly Action[]; readonly value: Value })
  /** Text at an address, or the text of a value that is one. */
  | (Typed<"concat"> & { readonly left: Value; readonly right: Value })
  | (Typed<"str"> & { readonly address: Value; readonly space: Space; readonly limit: Value | undefined })
  | (Typed<"buf"> & { readonly from: Value; readonly space: Space; readonly length: Value | undefined })
  | (Typed<"stack"> & {})
  | (Typed<"inet"> & { readonly family: Value | undefined; readonly address: Value })
  | (Typed<"mac"> & { readonly address: Value })
  | (Typed<"timestamp"> & { readonly time: Value; readonly format: number })
  | (Typed<"user-symbol"> & { readonly address: Value })
  | (Typed<"swap"> & { readonly operand: Value })
  | (Typed<"strcontains"> & { readonly text: Value; readonly part: string })
  | (Typed<"string-length"> & { readonly text: Value })
  /** Where a text begins within another, or -1. */
  | (Typed<"string-index"> & { readonly text: Value; readonly part: string })
  /** The difference of the first bytes that differ, or 0. */
  | (Typed<"compare-bytes"> & { readonly left: Value; readonly right: Value; readonly count: number })
  /** What a helper of Linux answers. */
  | (Typed<"helper"> & { readonly name: "get_socket_cookie"; readonly values: readonly Value[] })
  /** The text of a `struct path`. */
  | (Typed<"path"> & { readonly path: Value })
  | (Typed<"nothing"> & {});

/** What a program does, one step after the other. */
export type Action =
  | { readonly do: "evaluate"; readonly value: Value }
  | { readonly do: "set-variable"; readonly variable: Variable; readonly value: Value }
  | { readonly do: "set-map"; readonly map: MapInfo; readonly key: readonly Value[]; readonly value: Value }
  | {
      readonly do: "aggregate";
      readonly map: MapInfo;
      readonly key: readonly Value[];
      readonly name: AggregateName;
      readonly value: Value | undefined;
    }
  | { readonly do: "delete"; readonly map: MapInfo; readonly key: readonly Value[] }
  | { readonly do: "emit"; readonly event: EventRow; readonly values: readonly Value[] }
  | {
      readonly do: "join";
      readonly event: EventRow;
      readonly argv: Value;
      readonly count: number;
      readonly length: number;
    }
  | {
      readonly do: "call";
      readonly helper: "send_signal" | "send_signal_thread" | "override_return";
      readonly values: readonly Value[];
    }
  | {
      readonly do: "if";
      readonly condition: Value;
      readonly consequent: readonly Action[];
      readonly alternate: readonly Action[];
    }
  | { readonly do: "while"; readonly condition: Value; readonly body: readonly Action[] }
  | { readonly do: "repeat"; readonly times: number; readonly body: readonly Action[] }
  | {
      readonly do: "for-range";
      readonly variable: Variable;
      readonly start: Value;
      readonly end: Value;
      readonly body: readonly Action[];
    }
  | { readonly do: "for-map"; readonly variable: Variable; readonly map: MapInfo; readonly body: readonly Action[] }
  /** The body of a function of the program's own: `return` ends it. */
  | { readonly do: "inline"; readonly body: readonly Action[] }
  | { readonly do: "break" | "continue" | "return" };

/** One program of the machine: a probe's body for the hooks that it runs at. */
export interface TypedProbe {
  /** `tracepoint:syscalls:sys_enter_read`. */
  readonly name: string;
  readonly hooks: readonly string[];
  readonly provider: string;
  readonly predicate: Value | undefined;
  readonly actions: readonly Action[];
  readonly variables: readonly Variable[];
  readonly span: Span;
}
