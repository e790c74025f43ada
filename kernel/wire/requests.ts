import type { Json, JsonObject } from "./message.ts";

/** Contents of the requests that front ends send, with the protocol's defaults filled in. */
export interface RequestContents {
  kernel_info_request: Empty;
  execute_request: {
    readonly code: string;
    readonly silent: boolean;
    readonly storeHistory: boolean;
    readonly userExpressions: Readonly<Record<string, string>>;
    readonly allowStdin: boolean;
    readonly stopOnError: boolean;
  };
  complete_request: { readonly code: string; readonly cursorPos: number };
  inspect_request: { readonly code: string; readonly cursorPos: number; readonly detailLevel: 0 | 1 };
  is_complete_request: { readonly code: string };
  history_request: HistoryQuery;
  comm_info_request: { readonly targetName: string | undefined };
  comm_open: CommContent & { readonly targetName: string };
  comm_msg: CommContent;
  comm_close: CommContent;
  shutdown_request: { readonly restart: boolean };
  interrupt_request: Empty;
  create_subshell_request: Empty;
  delete_subshell_request: { readonly subshellId: string };
  list_subshell_request: Empty;
  /** The content is a request of the Debug Adapter Protocol. */
  debug_request: { readonly request: JsonObject };
}
export type RequestType = keyof RequestContents;
interface CommContent {
  readonly commId: string;
  readonly data: JsonObject;
}
type Empty = Readonly<Record<never, never>>;

/** Which lines of history a front end wants; `n` undefined means all. */
export type HistoryQuery = { readonly output: boolean } & (
  | { readonly access: "tail"; readonly n: number | undefined }
  | { readonly access: "range"; readonly session: number; readonly start: number; readonly stop: number | undefined }
  | {
      readonly access: "search";
      readonly pattern: string;
      readonly n: number | undefined;
      readonly unique: boolean;
    }
);

/** A request that lacks what the protocol gives no default for, or asks for what there is not. It is answered, not served. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code = "request";
}

interface RequestRow<Content> {
  /** The type of the answer; comm messages have none. */
  readonly reply: string | undefined;
  /** Channels on which the request is taken. `control` is answered even while a cell spins. */
  readonly channels: readonly ("shell" | "control")[];
  /** Version of the protocol that brought it to its present form. */
  readonly since: string;
  /**
   * Reads the content; a missing field takes the protocol's default, a wrong one too.
   *
   * @throws RequestError where there is no default
   */
  readonly read: (content: JsonObject) => Content;
}

const nothing = (): Empty => ({});

/**
 * Every request that the kernel answers, one row each; the session's handlers are typed by it.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html
 */
export const REQUESTS: { readonly [T in RequestType]: RequestRow<RequestContents[T]> } = {
  kernel_info_request: { reply: "kernel_info_reply", channels: ["shell", "control"], since: "5.0", read: nothing },
  execute_request: {
    reply: "execute_reply",
    channels: ["shell"],
    since: "5.0",
    read: (content) => {
      const silent = flag(content["silent"], false);
      return {
        code: required(content, "code"),
        silent,
        // A silent cell is never stored, whatever the request says.
        storeHistory: !silent && flag(content["store_history"], true),
        userExpressions: texts(content["user_expressions"]),
        allowStdin: flag(content["allow_stdin"], true),
        stopOnError: flag(content["stop_on_error"], true),
      };
    },
  },
  complete_request: { reply: "complete_reply", channels: ["shell"], since: "5.2", read: readCursor },
  inspect_request: {
    reply: "inspect_reply",
    channels: ["shell"],
    since: "5.2",
    read: (content) => ({ ...readCursor(content), detailLevel: content["detail_level"] === 1 ? 1 : 0 }),
  },
  is_complete_request: {
    reply: "is_complete_reply",
    channels: ["shell"],
    since: "5.0",
    read: (content) => ({ code: text(content["code"]) }),
  },
  history_request: { reply: "history_reply", channels: ["shell"], since: "5.0", read: readHistory },
  comm_info_request: {
    reply: "comm_info_reply",
    channels: ["shell"],
    since: "5.1",
    read: (content) => {
      const target = content["target_name"];
      return { targetName: typeof target === "string" ? target : undefined };
    },
  },
  comm_open: {
    reply: undefined,
    channels: ["shell"],
    since: "5.0",
    read: (content) => ({ ...readComm(content), targetName: text(content["target_name"]) }),
  },
  comm_msg: { reply: undefined, channels: ["shell"], since: "5.0", read: readComm },
  comm_close: { reply: undefined, channels: ["shell"], since: "5.0", read: readComm },
  shutdown_request: {
    reply: "shutdown_reply",
    // On control since 5.4; older front ends still send it on shell.
    channels: ["control", "shell"],
    since: "5.4",
    read: (content) => ({ restart: flag(content["restart"], false) }),
  },
  interrupt_request: { reply: "interrupt_reply", channels: ["control"], since: "5.3", read: nothing },
  create_subshell_request: { reply: "create_subshell_reply", channels: ["control"], since: "5.5", read: nothing },
  delete_subshell_request: {
    reply: "delete_subshell_reply",
    channels: ["control"],
    since: "5.5",
    read: (content) => ({ subshellId: text(content["subshell_id"]) }),
  },
  list_subshell_request: { reply: "list_subshell_reply", channels: ["control"], since: "5.5", read: nothing },
  debug_request: {
    reply: "debug_reply",
    channels: ["control"],
    since: "5.5",
    read: (content) => ({ request: content }),
  },
};

/** Whether a message type is a request of {@link REQUESTS}. */
export function isRequestType(type: string): type is RequestType {
  return Object.hasOwn(REQUESTS, type);
}

function required(content: JsonObject, name: string): string {
  const value = content[name];
  if (typeof value === "string") return value;
  throw new RequestError(`the request has no "${name}", or one that is no text`);
}

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const flag = (value: Json | undefined, fallback: boolean): boolean => (typeof value === "boolean" ? value : fallback);
const count = (value: Json | undefined): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? Math.trunc(value) : undefined;

function texts(value: Json | undefined): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function readCursor(content: JsonObject): { code: string; cursorPos: number } {
  const code = text(content["code"]);
  return { code, cursorPos: count(content["cursor_pos"]) ?? Number.POSITIVE_INFINITY };
}

function readComm(content: JsonObject): CommContent {
  const data = content["data"];
  const isObject = typeof data === "object" && data !== null && !Array.isArray(data);
  return { commId: text(content["comm_id"]), data: isObject ? (data as JsonObject) : {} };
}

function readHistory(content: JsonObject): HistoryQuery {
  const output = flag(content["output"], false);
  const n = count(content["n"]);
  switch (content["hist_access_type"]) {
    case "range":
      return {
        output,
        access: "range",
        session: count(content["session"]) ?? 0,
        start: count(content["start"]) ?? 1,
        stop: count(content["stop"]),
      };
    case "search":
      return {
        output,
        access: "search",
        pattern: text(content["pattern"]) || "*",
        n,
        unique: flag(content["unique"], false),
      };
    case "tail":
    case undefined:
      return { output, access: "tail", n };
    default:
      throw new RequestError('hist_access_type is "range", "tail" or "search"');
  }
}
