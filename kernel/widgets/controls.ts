import type { Json, JsonObject } from "../wire/message.ts";
import type { WidgetKind } from "./models.ts";
import { type Layout, Widget } from "./widget.ts";

/** What every control takes. */
export interface ControlOptions {
  /** Shown before it. */
  readonly label?: string;
  readonly disabled?: boolean;
  readonly layout?: Layout;
}

/** A widget with a value that the user changes. */
export class Control<T extends Json> extends Widget {
  readonly #listeners = new Set<(value: T) => unknown>();
  readonly #read: (state: Json | undefined) => T;
  readonly #write: (value: T) => JsonObject;
  readonly #name: string;

  /**
   * @param name the field of the model's state that holds the value
   * @param read the value of that field, whatever a front end has put there
   * @param write the fields that hold a value
   */
  constructor(
    kind: WidgetKind,
    state: JsonObject,
    { label = "", disabled = false, layout = {} }: ControlOptions,
    name: string,
    read: (state: Json | undefined) => T,
    write: (value: T) => JsonObject = (value) => ({ [name]: value }),
  ) {
    super(kind, { description: label, disabled, ...state }, layout, () => `${label || kind}: ${this.value}`);
    this.#name = name;
    this.#read = read;
    this.#write = write;
  }

  /** The value as it is now; setting it moves the control, and tells no listener. */
  get value(): T {
    return this.#read(this.field(this.#name));
  }
  set value(value: T) {
    this.set(this.#write(value));
  }

  /** Calls `listener` with each value that the user sets; returns what ends it. Its output shows in the cell that made the control. */
  onChange(listener: (value: T) => unknown): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected override changed(fields: JsonObject): void {
    if (!(this.#name in fields)) return;
    for (const listener of [...this.#listeners]) void listener(this.value);
  }
}

/** A slider over numbers. @example slider({ label: "packets", min: 0, max: 100, value: 10 }) */
export function slider(
  options: ControlOptions & {
    readonly min?: number;
    readonly max?: number;
    readonly step?: number;
    readonly value?: number;
  },
): Control<number> {
  const { min = 0, max = 100, step = 1 } = options;
  const value = options.value ?? min;
  const digits = Number.isInteger(step) ? "d" : ".4g";
  return new Control("slider", { min, max, step, value, readout_format: digits }, options, "value", (state) =>
    typeof state === "number" ? state : min,
  );
}

/** A bar that fills up to `max`; set its `value`. @example const bar = progress({ max: 10 }); bar.value = 3 */
export function progress(
  options: ControlOptions & { readonly max?: number; readonly value?: number } = {},
): Control<number> {
  const { max = 100, value = 0 } = options;
  return new Control("progress", { min: 0, max, value }, options, "value", (state) =>
    typeof state === "number" ? state : 0,
  );
}

/** A list to choose from; the value is the chosen text. @example dropdown({ label: "workload", options: ["idle", "mixed"] }) */
export function dropdown<T extends string>(
  options: ControlOptions & { readonly options: readonly T[]; readonly value?: T },
): Control<T> {
  const labels = options.options;
  const indexOf = (value: T | undefined) => Math.max(0, labels.indexOf(value ?? labels[0]!));
  return new Control<T>(
    "dropdown",
    { _options_labels: labels, index: indexOf(options.value) },
    options,
    "index",
    (state) => labels[typeof state === "number" ? state : 0]!,
    (value) => ({ index: indexOf(value) }),
  );
}

/** A box to tick. @example checkbox({ label: "verbose" }) */
export function checkbox(options: ControlOptions & { readonly value?: boolean } = {}): Control<boolean> {
  return new Control<boolean>(
    "checkbox",
    { value: options.value ?? false },
    options,
    "value",
    (state) => state === true,
  );
}

/** A line of text; its value changes when the user has finished it. @example textBox({ label: "comm" }) */
export function textBox(
  options: ControlOptions & { readonly value?: string; readonly placeholder?: string } = {},
): Control<string> {
  const { value = "", placeholder = "" } = options;
  return new Control<string>("text", { value, placeholder }, options, "value", (state) =>
    typeof state === "string" ? state : "",
  );
}

/** A button. */
export class Button extends Widget {
  readonly #onClick: () => unknown;

  constructor(label: string, onClick: () => unknown, layout: Layout) {
    super("button", { description: label, disabled: false, button_style: "" }, layout, () => `[${label}]`);
    this.#onClick = onClick;
  }

  protected override custom(content: JsonObject): void {
    if (content["event"] === "click") return void this.#onClick();
  }
}

/** A button that calls `onClick`; what that prints shows in the cell that made the button. @example button("Run", () => m.run("1s")) */
export function button(label: string, onClick: () => unknown, layout: Layout = {}): Button {
  return new Button(label, onClick, layout);
}
