import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { type Json, jsonText, plain } from "./json.ts";
import type { Reply, ToolOptions } from "./tool.ts";

/**
 * What a bpftool command printed. In a cell it shows itself as the text that a terminal would show; `data` is what `-j` prints, as values.
 *
 * @example
 * const programs = m.bpftool("prog list");
 * programs.data; // [{ id: 1, type: "xdp", name: "drop_udp", ... }]
 */
export class BpftoolResult implements Displayable {
  /** Standard output: text, or JSON where `-j` asked for it. */
  readonly text: string;
  /** Standard error. */
  readonly errors: string;
  /** 0, or bpftool's own code. */
  readonly exitCode: number;
  readonly #json: Json;

  constructor(reply: Reply, { json: asJson, pretty }: Pick<ToolOptions, "json" | "pretty">) {
    const { text, errors = "", exitCode = 0, json = null } = reply;
    this.text = asJson ? `${jsonText(json, pretty)}\n` : text;
    this.errors = errors;
    this.exitCode = exitCode;
    this.#json = json;
  }

  /** The answer as plain values: arrays, objects, numbers, strings; `null` where the command has nothing to say. */
  get data(): unknown {
    return plain(this.#json);
  }

  toString(): string {
    return this.text;
  }

  [DISPLAY](): MimeBundle {
    return { "text/plain": this.errors + this.text };
  }
}
