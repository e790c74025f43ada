/**
 * Controls for notebooks: sliders, buttons, lists, a progress bar, over the widgets that JupyterLab and VS Code draw (the
 * `jupyterlab_widgets` extension). Cells import them from `bpfbook/widgets`.
 *
 * @example
 * ```ts
 * import { output, slider } from "bpfbook/widgets";
 * const out = output();
 * const n = slider({ label: "n", max: 10 });
 * n.onChange((value) => out.replace(value ** 2));
 * column(n, out)
 * ```
 */

export { Comm, type CommExtras, type CommMessage, type Comms, comms } from "../runtime/comms.ts";
export { Box, column, Output, output, row } from "./containers.ts";
export {
  Button,
  button,
  Control,
  type ControlOptions,
  checkbox,
  dropdown,
  progress,
  slider,
  textBox,
} from "./controls.ts";
export { type Layout, Widget } from "./widget.ts";
