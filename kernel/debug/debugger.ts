import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cellFile } from "../runtime/cell-sources.ts";
import type { InspectorEvent, InspectorReply, InspectorRequest } from "../runtime/messages.ts";
import type { Json, JsonObject } from "../wire/message.ts";
import { type CellLines, cellLines, SAME } from "./cell-lines.ts";
import { CellPaths, PATHS } from "./cell-paths.ts";
import { InspectorLink } from "./inspector-link.ts";
import { type RemoteObject, Variables } from "./variables.ts";

/** What the debugger needs of the session. */
export interface DebuggerHost {
  /** To V8's inspector in the child. */
  readonly send: (request: InspectorRequest) => void;
  /** To front ends, as a `debug_event`. */
  readonly event: (event: string, body: JsonObject) => void;
  /** The names that cells have declared. */
  readonly names: () => readonly string[];
}

/** One call that waits where the program stands. */
interface Frame {
  readonly callFrameId: string;
  readonly functionName: string;
  readonly url: string;
  readonly location: { readonly lineNumber: number; readonly columnNumber: number };
  readonly scopeChain: readonly { readonly type: string; readonly name?: string; readonly object: RemoteObject }[];
}

/** A request that cannot be answered; the front end shows the message. */
class DebugError extends Error {
  override readonly name = "DebugError";
  readonly code = "debug";
}

/** The one thread that runs cells. */
const THREAD = 1;
/** Frames that no cell's author wrote are not stopped in. */
const BLACKBOX = ["^node:", "/kernel/(runtime|debug|display|magics|widgets)/", "/node_modules/"];

/** How V8 calls what DAP calls a scope. Its global object has a thousand names that nobody looks for. */
const SCOPES: Readonly<Record<string, string>> = {
  local: "Locals",
  block: "Block",
  closure: "Closure",
  catch: "Catch",
  module: "Module",
  script: "Cells",
};

type Handler = (args: JsonObject) => JsonObject | Promise<JsonObject>;

/**
 * The Debug Adapter Protocol for cells: what `debug_request` carries, answered from V8's inspector in the child. Breakpoints are
 * kept by the code of a cell and set again whenever that code runs.
 *
 * @see https://microsoft.github.io/debug-adapter-protocol/specification
 */
export class CellDebugger {
  readonly #host: DebuggerHost;
  readonly #inspector: InspectorLink;
  readonly #variables: Variables;
  readonly #paths = new CellPaths();
  /** Lines (from 1) with a breakpoint, by path. */
  readonly #breakpoints = new Map<string, readonly number[]>();
  /** V8's ids of what is set, by path. */
  readonly #set = new Map<string, string[]>();
  /** The way between lines of a cell and of its script, by path. */
  readonly #lines = new Map<string, Promise<CellLines>>();
  #started = false;
  #frames: readonly Frame[] = [];
  #sequence = 0;

  constructor(host: DebuggerHost) {
    this.#host = host;
    this.#inspector = new InspectorLink(host.send);
    this.#variables = new Variables(this.#inspector);
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    initialize: () => ({
      supportsConfigurationDoneRequest: true,
      supportsEvaluateForHovers: true,
      exceptionBreakpointFilters: FILTERS,
    }),
    attach: () => this.#start(),
    launch: () => this.#start(),
    disconnect: () => this.#stop(),
    terminate: () => this.#stop(),
    configurationDone: () => ({}),
    debugInfo: () => this.#info(),
    dumpCell: ({ code }) => ({ sourcePath: this.#paths.dump(String(code)) }),
    setBreakpoints: (args) => this.#setBreakpoints(args),
    setExceptionBreakpoints: ({ filters }) => this.#setExceptions(filters),
    threads: () => ({ threads: [{ id: THREAD, name: "cells" }] }),
    stackTrace: () => this.#stackTrace(),
    scopes: ({ frameId }) => this.#scopes(Number(frameId)),
    variables: async ({ variablesReference }) => ({
      variables: await this.#variables.members(Number(variablesReference)),
    }),
    inspectVariables: () => this.#inspectVariables(),
    richInspectVariables: ({ variableName, frameId }) => this.#richVariable(String(variableName), frameId),
    evaluate: ({ expression, frameId }) => this.#evaluateRequest(String(expression), frameId),
    source: ({ source }) => this.#source(source),
    continue: () => this.#go("Debugger.resume", { allThreadsContinued: true }),
    next: () => this.#go("Debugger.stepOver"),
    stepIn: () => this.#go("Debugger.stepInto"),
    stepOut: () => this.#go("Debugger.stepOut"),
    pause: () => this.#go("Debugger.pause"),
    modules: () => ({ modules: [], totalModules: 0 }),
  };

  /** Answers a `debug_request`: DAP's request in, DAP's response out. Never throws. */
  async request(request: JsonObject): Promise<JsonObject> {
    const command = String(request["command"]);
    const response = { type: "response", seq: ++this.#sequence, request_seq: request["seq"] ?? 0, command };
    try {
      const handler = Object.hasOwn(this.#handlers, command) ? this.#handlers[command] : undefined;
      if (handler === undefined) throw new DebugError(`the debugger does not know the request "${command}"`);
      const args = request["arguments"];
      const body = await handler(
        typeof args === "object" && args !== null && !Array.isArray(args) ? (args as JsonObject) : {},
      );
      return { ...response, success: true, body };
    } catch (error) {
      return { ...response, success: false, message: (error as Error).message, body: {} };
    }
  }

  /** A cell is about to run: its breakpoints are set before its first instruction. */
  async beforeCell(cell: string, code: string): Promise<void> {
    const path = this.#paths.run(cell, code);
    if (!this.#started) return;
    for (const line of this.#breakpoints.get(path) ?? []) await this.#setOne(path, cellFile(cell), line);
  }

  /** What the child's inspector says. */
  receive(message: InspectorReply | InspectorEvent): void {
    if (message.type === "inspected") this.#inspector.receive(message);
    else if (message.method === "Debugger.paused") this.#paused(message.params);
    else if (message.method === "Debugger.resumed") this.#resumed();
  }

  /** A new child has taken the place of one that ended. */
  async restarted(): Promise<void> {
    this.#inspector.reset();
    this.#set.clear();
    this.#resumed();
    if (this.#started) await this.#enable();
  }

  async #start(): Promise<JsonObject> {
    await this.#enable();
    this.#started = true;
    this.#host.event("initialized", {});
    return {};
  }

  async #enable(): Promise<void> {
    await this.#inspector.post("Debugger.enable");
    await this.#inspector.post("Debugger.setBlackboxPatterns", { patterns: BLACKBOX });
  }

  async #stop(): Promise<JsonObject> {
    this.#started = false;
    this.#breakpoints.clear();
    this.#set.clear();
    // Also lets a program go on that stands at a breakpoint.
    await this.#inspector.post("Debugger.disable");
    this.#resumed();
    this.#host.event("terminated", {});
    return {};
  }

  #info(): JsonObject {
    return {
      isStarted: this.#started,
      ...PATHS,
      breakpoints: [...this.#breakpoints].map(([source, lines]) => ({ source, breakpoints: lines.map(asBreakpoint) })),
      stoppedThreads: this.#frames.length > 0 ? [THREAD] : [],
      richRendering: true,
      exceptionPaths: ["uncaught"],
      copyToGlobals: false,
    };
  }

  async #setBreakpoints({ source, breakpoints }: JsonObject): Promise<JsonObject> {
    const path = pathOf(source);
    const lines = (Array.isArray(breakpoints) ? breakpoints : []).map((each) => Number((each as JsonObject)["line"]));
    for (const id of this.#set.get(path) ?? [])
      await this.#inspector.post("Debugger.removeBreakpoint", { breakpointId: id });
    this.#set.delete(path);
    this.#breakpoints.set(path, lines);
    // In functions of cells that have run already it holds, too.
    for (const script of this.#paths.scriptsOf(path)) for (const line of lines) await this.#setOne(path, script, line);
    return { breakpoints: lines.map((line) => ({ ...asBreakpoint(line), source: { path } })) };
  }

  async #setOne(path: string, url: string, line: number): Promise<void> {
    const lineNumber = (await this.#linesOf(path)).toScript(line) - 1;
    const reply = await this.#inspector.post("Debugger.setBreakpointByUrl", { url, lineNumber });
    this.#set.set(path, [...(this.#set.get(path) ?? []), String(reply["breakpointId"])]);
  }

  async #setExceptions(filters: Json | undefined): Promise<JsonObject> {
    const wanted = Array.isArray(filters) ? filters : [];
    const state = wanted.includes("all") ? "all" : wanted.includes("uncaught") ? "uncaught" : "none";
    await this.#inspector.post("Debugger.setPauseOnExceptions", { state });
    return {};
  }

  #paused(params: object): void {
    const { callFrames, reason } = params as { callFrames: readonly Frame[]; reason: string };
    this.#variables.clear();
    this.#frames = callFrames.filter(({ url }) => this.#pathOfFrame(url) !== undefined);
    if (this.#frames.length === 0) {
      void this.#inspector.post("Debugger.resume").catch(() => undefined);
      return;
    }
    const why = reason === "exception" ? "exception" : "breakpoint";
    this.#host.event("stopped", { reason: why, threadId: THREAD, allThreadsStopped: true });
  }

  #resumed(): void {
    if (this.#frames.length === 0) return;
    this.#frames = [];
    this.#variables.clear();
    this.#host.event("continued", { threadId: THREAD, allThreadsContinued: true });
  }

  async #go(method: string, body: JsonObject = {}): Promise<JsonObject> {
    await this.#inspector.post(method);
    return body;
  }

  async #stackTrace(): Promise<JsonObject> {
    const stackFrames: JsonObject[] = [];
    for (const [index, { functionName, url, location }] of this.#frames.entries()) {
      const path = this.#pathOfFrame(url)!;
      const { lineNumber, columnNumber } = location;
      stackFrames.push({
        id: index + 1,
        name: functionName || "cell",
        ...(await this.#linesOf(path)).toCell({ line: lineNumber + 1, column: columnNumber + 1 }),
        source: { path, name: url.split("/").at(-1)! },
      });
    }
    return { stackFrames, totalFrames: stackFrames.length };
  }

  #linesOf(path: string): Promise<CellLines> {
    const code = this.#paths.code(path);
    let lines = this.#lines.get(path);
    if (lines === undefined) {
      lines = code === undefined ? Promise.resolve(SAME) : cellLines(code);
      // A path is that of one text for ever; one that has none yet may get it.
      if (code !== undefined) this.#lines.set(path, lines);
    }
    return lines;
  }

  #scopes(frameId: number): JsonObject {
    const scopes = (this.#frames[frameId - 1]?.scopeChain ?? []).flatMap(({ type, object }) => {
      const name = SCOPES[type];
      return name === undefined
        ? []
        : [{ name, variablesReference: this.#variables.reference(object.objectId), expensive: type === "script" }];
    });
    return { scopes };
  }

  async #inspectVariables(): Promise<JsonObject> {
    const variables: JsonObject[] = [];
    for (const name of this.#host.names()) {
      const { value } = await this.#evaluate(name, undefined);
      if (value) variables.push(this.#variables.variable(name, value));
    }
    return { variables };
  }

  async #richVariable(name: string, frameId: Json | undefined): Promise<JsonObject> {
    const { value, error } = await this.#evaluate(name, frameId);
    if (value === undefined) throw new DebugError(error ?? `there is no variable "${name}"`);
    return { data: { "text/plain": String(this.#variables.variable(name, value)["value"]) }, metadata: {} };
  }

  async #evaluateRequest(expression: string, frameId: Json | undefined): Promise<JsonObject> {
    const { value, error } = await this.#evaluate(expression, frameId);
    if (value === undefined) throw new DebugError(error ?? "it has no value");
    const { value: result, type, variablesReference } = this.#variables.variable("", value);
    return { result, type, variablesReference };
  }

  async #evaluate(expression: string, frameId: Json | undefined): Promise<{ value?: RemoteObject; error?: string }> {
    const frame = this.#frames[Number(frameId) - 1];
    const reply = frame
      ? await this.#inspector.post("Debugger.evaluateOnCallFrame", { callFrameId: frame.callFrameId, expression })
      : await this.#inspector.post("Runtime.evaluate", {
          expression,
          replMode: true,
          silent: true,
          timeout: EVALUATE_TIME,
        });
    const fault = reply["exceptionDetails"] as { exception?: RemoteObject; text: string } | undefined;
    if (fault) return { error: (fault.exception?.description ?? fault.text).split("\n")[0]! };
    return { value: reply["result"] as RemoteObject };
  }

  #source(source: Json | undefined): JsonObject {
    const path = pathOf(source);
    const content = this.#paths.code(path) ?? readSource(path);
    return { content, mimeType: "text/typescript" };
  }

  /** A cell's path, or that of a file of the user's; undefined for frames of Node and of the kernel. */
  #pathOfFrame(url: string): string | undefined {
    const path = this.#paths.pathOfScript(url);
    if (path !== undefined) return path;
    return url.startsWith("file:") && !BLACKBOX.some((pattern) => new RegExp(pattern).test(url))
      ? fileURLToPath(url)
      : undefined;
  }
}

/** How long a watched expression may take, in ms. */
const EVALUATE_TIME = 500;

const FILTERS = [
  { filter: "uncaught", label: "Uncaught exceptions", default: false },
  { filter: "all", label: "All exceptions", default: false },
];

const asBreakpoint = (line: number): JsonObject => ({ verified: true, line });

function pathOf(source: Json | undefined): string {
  const path = (source as JsonObject | null | undefined)?.["path"];
  if (typeof path !== "string") throw new DebugError("the request names no source");
  return path;
}

function readSource(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new DebugError(`there is no source ${path}`);
  }
}
