import type { Json, JsonObject } from "../wire/message.ts";

/** A mime bundle: mime type to data, ready for JSON. */
export type Bundle = Readonly<Record<string, Json>>;

/** An error as Jupyter shows it. */
export interface ErrorOutput {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** How a cell ended. `ticking`: it was interrupted and goes on all the same, so only a new child helps. */
export type CellOutcome = "ok" | "error" | "interrupted" | "ticking";

/** The value of one of a request's user_expressions. */
export type ExpressionValue = { readonly data: Bundle } | { readonly error: ErrorOutput };

/** What the parent asks of the child's main thread. */
export type ToChild = RunCell | Interrupt | CommTransfer | EndShell;

/** Asks V8's inspector something about the main thread, from the worker: also while it stands at a breakpoint. */
export interface InspectorRequest {
  readonly type: "inspect";
  readonly id: number;
  readonly method: string;
  readonly params: object;
}

/** The inspector's answer: an error's message, or the result. */
export interface InspectorReply {
  readonly type: "inspected";
  readonly id: number;
  readonly error?: string;
  readonly result?: object;
}

/** What the inspector says of its own accord while debugging: the main thread stands, or goes on. */
export interface InspectorEvent {
  readonly type: "inspector-event";
  readonly method: string;
  readonly params: object;
}

/** A message of a comm, either way. Buffers are base64 in the pipe. */
export interface CommTransfer {
  readonly type: "comm";
  readonly event: "open" | "message" | "close";
  readonly id: string;
  /** Only of `open`. */
  readonly target?: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly buffers: readonly string[];
}

/** Executes a cell; its last message is `done`. */
export interface RunCell {
  readonly type: "run";
  /** Cells of one shell run one after the other, those of several side by side; the main shell is "". */
  readonly shell: string;
  /** Never used twice; names the cell in every message about it. */
  readonly cell: string;
  /** The TypeScript as typed. */
  readonly code: string;
  readonly expressions: Readonly<Record<string, string>>;
}

/** A subshell was deleted, and its cells have ended. */
export interface EndShell {
  readonly type: "end-shell";
  readonly shell: string;
}

/**
 * Ends cells. Sent to both threads: where the main thread does not answer it, the worker unwinds what it runs. That may cost
 * the main thread what it was just reading, so it is sent there every {@link SEND_AGAIN} ms until it is `answered`.
 */
export interface Interrupt {
  readonly type: "interrupt";
  readonly cells: readonly string[];
  /** Counts from 1 in each child. */
  readonly number: number;
}

/** The answer that `prompt()` blocks for. */
export type InputAnswer =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "interrupted" }
  | { readonly type: "refused" };

/** What leaves the child, in the order in which it happened. */
export type FromChild =
  | { readonly type: "ready" }
  /** The cell wants a new process for those after it. */
  | { readonly type: "restart"; readonly cell: string }
  /** A magic has made TypeScript of the cell: what it declares, the cells after it see. */
  | { readonly type: "became"; readonly cell: string; readonly code: string }
  /** The magics that libraries have added, when there are more. */
  | { readonly type: "magics"; readonly names: readonly string[] }
  /** An interrupt has reached the main thread, and nothing will be unwound for it any more. */
  | { readonly type: "answered"; readonly number: number }
  | { readonly type: "stream"; readonly cell: string; readonly name: StreamName; readonly text: string }
  | {
      readonly type: "display";
      readonly cell: string;
      readonly data: Bundle;
      readonly id?: string;
      readonly metadata?: Readonly<Record<string, unknown>> | undefined;
    }
  | { readonly type: "update"; readonly cell: string; readonly data: Bundle; readonly id: string }
  | { readonly type: "clear"; readonly cell: string; readonly wait: boolean }
  | { readonly type: "result"; readonly cell: string; readonly data: Bundle; readonly id?: string }
  /** `late`: made by a timer or a rejected promise of the cell, not by its own run. */
  | { readonly type: "error"; readonly cell: string; readonly error: ErrorOutput; readonly late: boolean }
  /** Bytes for the parent, base64. */
  | { readonly type: "handed"; readonly name: string; readonly bytes: string }
  | (CommTransfer & { readonly cell: string })
  | InspectorReply
  | InspectorEvent
  | { readonly type: "input"; readonly cell: string; readonly prompt: string; readonly password: boolean }
  | {
      readonly type: "done";
      readonly cell: string;
      readonly outcome: CellOutcome;
      readonly expressions: Readonly<Record<string, ExpressionValue>>;
    };

export type StreamName = "stdout" | "stderr";

/** How often an interrupt is sent, in ms. */
export const SEND_AGAIN = 10;

/**
 * File descriptors of the child. 1 and 2 are pipes too, for what writes past Node: native code, programs that a cell starts.
 * Everything else leaves through `out`, one pipe, so that it arrives in the order in which it was made.
 */
export const FD = { out: 3, commands: 4, worker: 5, input: 6 } as const;
