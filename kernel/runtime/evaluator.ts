import inspector from "node:inspector";

/** How an evaluation ended. Line and column (1-based) are V8's for code that does not parse. */
export type Evaluation =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "thrown"; readonly error: unknown; readonly line: number; readonly column: number }
  | { readonly kind: "terminated" };

/** Objects that V8 holds for one evaluation, released after it. */
const GROUP = "cell";
/** Name of the function that takes values out of the inspector, while the evaluator starts. */
const RECEIVER = Symbol.for("bpfbook.receiver");

/**
 * Runs code in V8's REPL mode through the inspector: top-level `await`, redeclaring anything, and the value of the last
 * expression, without rewriting the source. Callbacks instead of promises: an interrupt empties V8's queue of promise jobs.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/tot/Runtime/#method-evaluate
 */
export class Evaluator {
  readonly #session = new inspector.Session();
  readonly #receiver: string;
  #received: unknown;

  constructor() {
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
    this.#receiver = id!;
  }

  /**
   * Evaluates a script. `done` is called when its top-level awaits are over: maybe never, after an interrupt.
   *
   * @param code with a sourceURL
   */
  evaluate(code: string, done: (result: Evaluation) => void): void {
    const parameters = { expression: code, replMode: true, objectGroup: GROUP };
    this.#session.post("Runtime.evaluate", parameters, (error, answer) => {
      if (error) {
        done({ kind: "terminated" });
        return;
      }
      const { result, exceptionDetails } = answer as inspector.Runtime.EvaluateReturnType;
      const value = this.#valueOf(exceptionDetails?.exception ?? result);
      this.#session.post("Runtime.releaseObjectGroup", { objectGroup: GROUP });
      if (exceptionDetails === undefined) done({ kind: "value", value });
      else {
        const { lineNumber, columnNumber } = exceptionDetails;
        done({ kind: "thrown", error: value, line: lineNumber + 1, column: columnNumber + 1 });
      }
    });
  }

  /** Ends the session; without it Node waits at exit for "the debugger to disconnect". */
  disconnect(): void {
    this.#session.disconnect();
  }

  #valueOf(remote: inspector.Runtime.RemoteObject): unknown {
    if (remote.type === "undefined") return undefined;
    const { objectId, unserializableValue, value } = remote;
    const argument = objectId ? { objectId } : unserializableValue ? { unserializableValue } : { value: value as unknown };
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
