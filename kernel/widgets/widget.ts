import { DISPLAY } from "../display/bundle.ts";
import { type Comm, type CommMessage, comms } from "../runtime/comms.ts";
import type { Json, JsonObject } from "../wire/message.ts";
import { layoutState, modelState, styleState, type WidgetKind } from "./models.ts";

/** The comm target and protocol of ipywidgets' models. */
const TARGET = "jupyter.widget";
const CONTROL_TARGET = "jupyter.widget.control";
const PROTOCOL = { version: "2.1.0" } as const;

/** The mime type by which a front end shows a view of a model. */
const VIEW = "application/vnd.jupyter.widget-view+json";

/** All models that are open, for front ends that connect later. */
const models = new Map<string, { readonly comm: Comm; state: JsonObject }>();

/** How a widget looks: CSS, for instance `{ width: "300px" }`. */
export type Layout = Readonly<Record<string, string>>;

/** Something that can be seen and moved in a notebook, and whose value follows. Show it as a cell's last expression. */
export class Widget {
  readonly #id: string;
  readonly #text: () => string;

  /** @param text what stands in its place where there are no widgets: nbconvert, a terminal */
  protected constructor(kind: WidgetKind, state: JsonObject, layout: Layout, text: () => string) {
    serveLateFrontEnds();
    const style = styleState(kind);
    this.#text = text;
    this.#id = openModel(
      modelState(kind, {
        ...state,
        layout: `IPY_MODEL_${openModel(layoutState(layout))}`,
        ...(style && { style: `IPY_MODEL_${openModel(style)}` }),
      }),
      (message) => this.#receive(message),
    );
  }

  /** How other widgets name this one. */
  get reference(): string {
    return `IPY_MODEL_${this.#id}`;
  }

  /** Takes it away, wherever it is shown. */
  close(): void {
    models.get(this.#id)?.comm.close();
    models.delete(this.#id);
  }

  /** A field of the state as it is now. */
  protected field(name: string): Json | undefined {
    return models.get(this.#id)?.state[name];
  }

  /** Changes fields of the state, here and in all front ends. */
  protected set(change: JsonObject): void {
    const model = models.get(this.#id);
    if (model === undefined) return;
    model.state = { ...model.state, ...change };
    model.comm.send({ method: "update", state: change, buffer_paths: [] });
  }

  /** A front end has changed fields of the state. */
  protected changed(_fields: JsonObject): void {}

  /** A front end has sent something of its own: a button's click. */
  protected custom(_content: JsonObject): void {}

  #receive({ data }: CommMessage): void {
    const model = models.get(this.#id);
    if (model === undefined) return;
    switch (data["method"]) {
      case "update": {
        const fields = asObject(data["state"]);
        model.state = { ...model.state, ...fields };
        this.changed(fields);
        return;
      }
      case "request_state":
        model.comm.send({ method: "update", state: model.state, buffer_paths: [] });
        return;
      case "custom":
        this.custom(asObject(data["content"]));
        return;
    }
  }

  [DISPLAY](): Record<string, Json> {
    return {
      [VIEW]: { version_major: 2, version_minor: 0, model_id: this.#id },
      "text/plain": this.#text(),
    };
  }
}

function openModel(state: JsonObject, onMessage?: (message: CommMessage) => void): string {
  const comm = comms.open(TARGET, { state, buffer_paths: [] }, { metadata: PROTOCOL });
  comm.onMessage = onMessage;
  models.set(comm.id, { comm, state });
  return comm.id;
}

let serving = false;

/** A front end that opens the notebook while the kernel runs asks for all models at once. */
function serveLateFrontEnds(): void {
  if (serving) return;
  serving = true;
  comms.register(CONTROL_TARGET, (comm) => {
    comm.onMessage = ({ data }) => {
      if (data["method"] !== "request_states") return;
      const states = [...models].map(([id, { state }]): [string, Json] => [
        id,
        {
          model_name: state["_model_name"]!,
          model_module: state["_model_module"]!,
          model_module_version: state["_model_module_version"]!,
          state,
        },
      ]);
      comm.send({ method: "update_states", states: Object.fromEntries(states), buffer_paths: [] });
    };
  });
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
