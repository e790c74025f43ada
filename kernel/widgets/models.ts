import type { JsonObject } from "../wire/message.ts";

/** The JavaScript packages that front ends have for widgets, and the versions of their models (ipywidgets 8). */
const BASE = { module: "@jupyter-widgets/base", version: "2.0.0" } as const;
const CONTROLS = { module: "@jupyter-widgets/controls", version: "2.0.0" } as const;
const OUTPUT = { module: "@jupyter-widgets/output", version: "1.0.0" } as const;

/** A kind of widget: its JavaScript classes and the state that it begins with. */
interface ModelRow {
  readonly package: typeof BASE | typeof CONTROLS | typeof OUTPUT;
  /** Name of the classes without `Model` and `View`. */
  readonly name: string;
  /** The model of its style, without `Model`; absent where it has none. */
  readonly style?: string;
  readonly state: JsonObject;
}

/** Every widget, one row each. Fields are those of ipywidgets' model specification. */
export const MODELS = {
  slider: {
    package: CONTROLS,
    name: "FloatSlider",
    style: "SliderStyle",
    state: { continuous_update: true, orientation: "horizontal", readout: true, readout_format: "" },
  },
  progress: { package: CONTROLS, name: "FloatProgress", style: "ProgressStyle", state: { orientation: "horizontal" } },
  button: { package: CONTROLS, name: "Button", style: "ButtonStyle", state: { icon: "", tooltip: null } },
  dropdown: { package: CONTROLS, name: "Dropdown", style: "DescriptionStyle", state: {} },
  checkbox: { package: CONTROLS, name: "Checkbox", style: "CheckboxStyle", state: { indent: false } },
  text: { package: CONTROLS, name: "Text", style: "TextStyle", state: { continuous_update: false, placeholder: "" } },
  output: { package: OUTPUT, name: "Output", state: { msg_id: "" } },
  row: { package: CONTROLS, name: "HBox", state: {} },
  column: { package: CONTROLS, name: "VBox", state: {} },
} as const satisfies Record<string, ModelRow>;

export type WidgetKind = keyof typeof MODELS;

/** The state of a widget's model as its comm opens with. */
export function modelState(kind: WidgetKind, state: JsonObject): JsonObject {
  const row: ModelRow = MODELS[kind];
  return { ...classes(row.package, `${row.name}Model`, `${row.name}View`), ...row.state, ...state };
}

/** The state of a widget's layout, whose fields are CSS properties. */
export function layoutState(css: JsonObject): JsonObject {
  return { ...classes(BASE, "LayoutModel", "LayoutView"), ...css };
}

/** The state of a widget's style; undefined where its kind has none. */
export function styleState(kind: WidgetKind): JsonObject | undefined {
  const { style }: ModelRow = MODELS[kind];
  if (style === undefined) return undefined;
  return {
    ...classes(CONTROLS, `${style}Model`, "StyleView"),
    _view_module: BASE.module,
    _view_module_version: BASE.version,
  };
}

function classes({ module, version }: ModelRow["package"], model: string, view: string): JsonObject {
  return {
    _model_module: module,
    _model_module_version: version,
    _model_name: model,
    _view_module: module,
    _view_module_version: version,
    _view_name: view,
    _view_count: null,
  };
}
