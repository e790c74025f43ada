import { plainText, show } from "../display/bundle.ts";
import type { JsonObject } from "../wire/message.ts";
import type { WidgetKind } from "./models.ts";
import { type Layout, Widget } from "./widget.ts";

/** Widgets side by side, or one above the other. */
export class Box extends Widget {
  readonly children: readonly Widget[];

  constructor(kind: WidgetKind & ("row" | "column"), children: readonly Widget[], layout: Layout) {
    const references = children.map(({ reference }) => reference);
    super(kind, { children: references, box_style: "" }, layout, () =>
      children.map((child) => plainOf(child)).join("\n"),
    );
    this.children = children;
  }
}

/** Widgets side by side. @example row(slider({ max: 10 }), button("Run", run)) */
export const row = (...children: readonly Widget[]): Box => new Box("row", children, {});

/** Widgets one above the other. @example column(dropdown({ options: ["a", "b"] }), out) */
export const column = (...children: readonly Widget[]): Box => new Box("column", children, {});

/** A place whose content a listener replaces: text and displays that come and go while the cell is long over. */
export class Output extends Widget {
  #outputs: JsonObject[] = [];

  constructor(layout: Layout) {
    super("output", { outputs: [] }, layout, () => "[output]");
  }

  /** Adds a value, shown as a cell's result would be. */
  show(value: unknown): void {
    if (typeof value === "string") {
      this.#add({ output_type: "stream", name: "stdout", text: value.endsWith("\n") ? value : `${value}\n` });
      return;
    }
    const showing = show(value);
    const data = showing.kind === "now" ? showing.bundle : { "text/plain": plainText(value) };
    this.#add({ output_type: "display_data", data, metadata: {} });
  }

  /** Shows a value in place of all that is there. */
  replace(value: unknown): void {
    this.#outputs = [];
    this.show(value);
  }

  clear(): void {
    this.#outputs = [];
    this.set({ outputs: [] });
  }

  #add(output: JsonObject): void {
    this.#outputs = [...this.#outputs, output];
    this.set({ outputs: this.#outputs });
  }
}

/** A place for output of listeners. @example const out = output(); s.onChange((value) => out.replace(plot(value))) */
export const output = (layout: Layout = {}): Output => new Output(layout);

function plainOf(widget: Widget): string {
  const showing = show(widget);
  return showing.kind === "now" ? String(showing.bundle["text/plain"]) : "";
}
