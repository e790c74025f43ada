import { randomUUID } from "node:crypto";

/** The version of the messaging protocol that this kernel speaks. */
export const PROTOCOL_VERSION = "5.5";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** The header of a message; `subshell_id` (5.5) is kept so that replies carry it back. */
export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
  readonly subshell_id?: string | null;
}

/** One message of any channel. `identities` are ZeroMQ's routing frames; on iopub the one frame is the topic. */
export interface Message<Content = JsonObject> {
  readonly identities: readonly Buffer[];
  readonly header: Header;
  /** The header of the request that this belongs to; empty where there is none. */
  readonly parent: Header | undefined;
  readonly metadata: JsonObject;
  readonly content: Content;
  readonly buffers: readonly Buffer[];
}

/** What few messages have beside their content. */
export type MessageExtras = Partial<Pick<Message, "metadata" | "buffers">>;

/** Makes the header of a message that the kernel sends. */
export function createHeader(type: string, session: string): Header {
  return {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: "kernel",
    date: new Date().toISOString(),
    version: PROTOCOL_VERSION,
  };
}
