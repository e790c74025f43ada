import type { FlowGraph } from "../flow/graph.ts";
import { type Structure, structure } from "../flow/structure.ts";
import type { Operation } from "../operation.ts";
import type { FunctionBuilder } from "../wasm/function.ts";

/** What the shape of a function leaves to others: the code within blocks. */
export interface BlockEmitter {
  /** The beginning of the block at slots [start, end). */
  enter(start: number, end: number): void;
  /** Everything before the jump, branch or exit that ends the block at slots [start, end). */
  body(start: number, end: number): void;
  /** Pushes whether the branch at a slot is taken, or if `negated` whether it is not. */
  condition(operation: Operation & { kind: "branch" }, negated: boolean, at: number): void;
  exit(at: number): void;
}

/** Emits the function whose graph is given, with WebAssembly's structured control flow. */
export function emitFunction(
  f: FunctionBuilder,
  operations: readonly Operation[],
  graph: FlowGraph,
  emitter: BlockEmitter,
): void {
  const shape = structure(graph);
  if (shape.reducible) new StructuredFlow(f, operations, graph, shape, emitter).emit();
  else emitDispatch(f, operations, graph, emitter);
  // Every path has left through an exit or gone back to a loop; validation wants to be told.
  f.op("unreachable");
}

/** A construct around the current place: the block that branching to it goes on at; none for an `if`. */
type Label = number | undefined;

/**
 * Norman Ramsey, "Beyond Relooper" (ICFP 2022): the code of a block contains the code of the blocks that it dominates.
 * A block that several edges enter stands behind a WebAssembly block which those edges leave; a loop header begins a
 * WebAssembly loop. A list of things still to do stands in for recursion, since programs nest deeper than JavaScript's stack.
 */
class StructuredFlow {
  readonly #f: FunctionBuilder;
  readonly #operations: readonly Operation[];
  readonly #graph: FlowGraph;
  readonly #shape: Structure;
  readonly #emitter: BlockEmitter;
  /** Constructs around the current place, innermost last. */
  readonly #labels: Label[] = [];
  /** Where in `#labels` the construct is that leads to a block: the block it stands behind, or the loop that it begins. */
  readonly #places = new Map<number, number>();
  readonly #todo: (() => void)[] = [];

  constructor(
    f: FunctionBuilder,
    operations: readonly Operation[],
    graph: FlowGraph,
    shape: Structure,
    emitter: BlockEmitter,
  ) {
    this.#f = f;
    this.#operations = operations;
    this.#graph = graph;
    this.#shape = shape;
    this.#emitter = emitter;
  }

  emit(): void {
    this.#todo.push(() => this.#tree(0));
    for (let next = this.#todo.pop(); next !== undefined; next = this.#todo.pop()) next();
  }

  /** A block and all that it dominates. What is pushed last is done first. */
  #tree(block: number): void {
    const isLoop = this.#shape.loops.has(block);
    if (isLoop) {
      this.#open("loop", block);
      this.#todo.push(() => this.#close());
    }
    // The children that are merges, the highest number outermost: a forward edge can then leave to any of them.
    const merges = this.#shape.tree.children[block]!.filter((child) => this.#shape.merges.has(child));
    for (const merge of merges.toReversed()) this.#open("block", merge);
    this.#todo.push(
      ...merges.toReversed().map((merge) => () => {
        this.#close();
        this.#tree(merge);
      }),
    );
    this.#block(block);
  }

  #block(number: number): void {
    const { start, end, successors } = this.#graph.blocks[number]!;
    const last = lastOperation(this.#operations, start, end);
    const bodyEnd = endsBlock(last) ? end - 1 : end;
    this.#emitter.enter(start, end);
    this.#emitter.body(start, bodyEnd);
    const [taken, next] = successors as [number, number | undefined];
    if (last.kind === "exit") this.#emitter.exit(end - 1);
    else if (last.kind !== "branch" || next === undefined || taken === next) this.#goTo(taken, number);
    else this.#branch(last, number, taken, next);
  }

  #branch(operation: Operation & { kind: "branch" }, from: number, taken: number, next: number): void {
    const at = this.#graph.blocks[from]!.end - 1;
    if (this.#hasLabel(from, taken)) {
      this.#emitter.condition(operation, false, at);
      this.#f.branch("br_if", this.#depth(taken));
      this.#goTo(next, from);
    } else if (this.#hasLabel(from, next)) {
      this.#emitter.condition(operation, true, at);
      this.#f.branch("br_if", this.#depth(next));
      this.#goTo(taken, from);
    } else {
      this.#emitter.condition(operation, false, at);
      this.#open("if", undefined);
      this.#todo.push(
        () => {
          this.#close();
          this.#tree(next);
        },
        () => this.#tree(taken),
      );
    }
  }

  #goTo(target: number, from: number): void {
    if (!this.#hasLabel(from, target)) {
      this.#todo.push(() => this.#tree(target));
      return;
    }
    // At the end of the block that `target` follows, control arrives there by itself.
    if (this.#labels.at(-1) === target && target > from) return;
    this.#f.branch("br", this.#depth(target));
  }

  /** Whether the edge goes to a construct around it (backwards, or to a merge) and not into the code that follows. */
  #hasLabel(from: number, target: number): boolean {
    return target <= from || this.#shape.merges.has(target);
  }

  /** How many constructs inside the one that leads to `target` a branch leaves. */
  #depth(target: number): number {
    return this.#labels.length - 1 - this.#places.get(target)!;
  }

  #open(kind: "block" | "loop" | "if", target: number | undefined): void {
    this.#f.begin(kind);
    if (target !== undefined) this.#places.set(target, this.#labels.length);
    this.#labels.push(target);
  }

  #close(): void {
    this.#f.op("end");
    this.#labels.pop();
  }
}

/**
 * For graphs without structure: one loop around all blocks and a local that says which comes next. Only hand-written
 * assembly that jumps into the middle of a loop needs it.
 */
function emitDispatch(
  f: FunctionBuilder,
  operations: readonly Operation[],
  { blocks }: FlowGraph,
  emitter: BlockEmitter,
): void {
  const next = f.local("i32");
  f.begin("loop");
  for (let i = 0; i < blocks.length; i++) f.begin("block");
  f.get(next).branchTable(
    blocks.map((_, i) => i),
    0,
  );
  for (const [number, { start, end, successors }] of blocks.entries()) {
    // Closes the block that the table leaves for this number; around it are those of the later numbers, and the loop.
    f.op("end");
    const toLoop = blocks.length - 1 - number;
    const last = lastOperation(operations, start, end);
    emitter.enter(start, end);
    emitter.body(start, endsBlock(last) ? end - 1 : end);
    const [taken, other] = successors as [number, number | undefined];
    if (last.kind === "exit") {
      emitter.exit(end - 1);
    } else if (last.kind === "branch" && other !== undefined) {
      f.i32(taken).i32(other);
      emitter.condition(last, false, end - 1);
      f.op("select").set(next).branch("br", toLoop);
    } else {
      f.i32(taken).set(next).branch("br", toLoop);
    }
  }
  f.op("end");
}

/** The operation that ends a block; an `ld_imm64` at the end takes two slots. */
function lastOperation(operations: readonly Operation[], start: number, end: number): Operation {
  const last = operations[end - 1]!;
  return last.kind === "second" && end - 2 >= start ? operations[end - 2]! : last;
}

function endsBlock(operation: Operation): boolean {
  return operation.kind === "jump" || operation.kind === "branch" || operation.kind === "exit";
}
