import inspector from "node:inspector";
import { promiseHooks } from "node:v8";
import type { Unwinding } from "./unwinding.ts";

/** How an evaluation ended. Line and column (1-based) are V8's for code that does not parse. */
export type Evaluation =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "thrown"; readonly error: unknown; readonly line: number; readonly column: number }
  | { readonly kind: "terminated" };

/** Objects that V8 holds for one evaluation, released after it. */
const GROUP = "cell";
/** What the inspector says when it cannot evaluate at all; its other errors are of evaluations that were ended. */
const NO_CONTEXT = /Cannot find context/;
/** Name of the function that takes values out of the inspector, while the evaluator starts. */
const RECEIVER = Symbol.for("bpfbook.receiver");

/**
 * Runs code in V8's REPL mode through the inspector: top-level `await`, redeclaring anything, and the value of the last
 * expression, without rewriting the source. Callbacks instead of promises: an interrupt empties V8's queue of promise jobs.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/tot/Runtime/#method-evaluate
 */
export class Evaluator {
  #session: inspector.Session;
  #receiver: string;
  #received: unknown;
  /** The promises of evaluations under way. */
  readonly #held = new Set<object>();
  readonly #unwinding: Unwinding;

  constructor(unwinding: Unwinding) {
    this.#unwinding = unwinding;
    this.#session = new inspector.Session();
    this.#receiver = this.#connect();
  }

  /**
   * Evaluates a script. `done` is called when its top-level awaits are over.
   *
   * @param code with a sourceURL
   */
  evaluate(code: string, done: (result: Evaluation) => void): void {
    // V8 calls back when it collects the promise that it waits for, in the midst of a collection, where no JavaScript may
    // run: the process would abort. So the promise is held here until the evaluation is over.
    const hold: { promise?: unknown } = {};
    this.#held.add(hold);
    const release = promiseHooks.onInit((promise: unknown) => {
      hold.promise ??= promise;
    });
    const parameters = { expression: code, replMode: true, objectGroup: GROUP };
    this.#unwinding.inSlice = true;
    this.#session.post("Runtime.evaluate", parameters, (error, answer) => {
      this.#unwinding.inSlice = false;
      this.#held.delete(hold);
      if (error === null) done(this.#conclude(answer as inspector.Runtime.EvaluateReturnType));
      else if (NO_CONTEXT.test(error.message)) done({ kind: "thrown", error, line: 1, column: 1 });
      else done({ kind: "terminated" });
    });
    this.#unwinding.inSlice = false;
    release();
  }

  /** Gives up an evaluation that may never end: its `done` hears at most that it was terminated. */
  abandon(): void {
    this.#session.disconnect();
    this.#session = new inspector.Session();
    this.#receiver = this.#connect();
    this.#held.clear();
  }

  /** Ends the session; without it Node waits at exit for "the debugger to disconnect". */
  disconnect(): void {
    this.#session.disconnect();
  }

  #connect(): string {
    this.#session.connect();
    // A remote object becomes a value again by passing it to a function of ours, which no cell can reach.
    Object.assign(globalThis, {
      [RECEIVER]: (value: unknown) => {
        this.#received = value;
      },
    });
    const expression = `globalThis[Symbol.for(${JSON.stringify(RECEIVER.description)})]`;
    let id: string | undefined;
    this.#session.post("Runtime.evaluate", { expression }, (_error, answer) => {
      id = answer.result.objectId;
    });
    Reflect.deleteProperty(globalThis, RECEIVER);
    return id!;
  }

  #conclude({ result, exceptionDetails }: inspector.Runtime.EvaluateReturnType): Evaluation {
    const value = this.#valueOf(exceptionDetails?.exception ?? result);
    this.#session.post("Runtime.releaseObjectGroup", { objectGroup: GROUP });
    if (exceptionDetails === undefined) return { kind: "value", value };
    const { lineNumber, columnNumber } = exceptionDetails;
    return { kind: "thrown", error: value, line: lineNumber + 1, column: columnNumber + 1 };
  }

  #valueOf(remote: inspector.Runtime.RemoteObject): unknown {
    if (remote.type === "undefined") return undefined;
    const { objectId, unserializableValue, value } = remote;
    const argument = objectId
      ? { objectId }
      : unserializableValue
        ? { unserializableValue }
        : { value: value as unknown };
    this.#session.post("Runtime.callFunctionOn", {
      objectId: this.#receiver,
      functionDeclaration: "function (value) { this(value) }",
      arguments: [argument],
    });
    const received = this.#received;
    this.#received = undefined;
    return received;
  }
}
