/** Results in other systems' forms; one row each. */
import type { Result } from "../result/result.ts";
import { type CsvOptions, csv } from "./csv.ts";
import { html } from "./html.ts";
import { junit } from "./junit.ts";
import { githubClassroom, gradescope, prairielearn, vocareum } from "./learning-systems.ts";

/** A form: one text for each result, or one for all. */
export type Writer = { readonly extension: string } & (
  | { readonly each: (result: Result) => string }
  | { readonly all: (results: readonly Result[], options?: CsvOptions) => string }
);

export const WRITERS = {
  csv: { extension: "csv", all: csv },
  "github-classroom": { extension: "b64", each: githubClassroom },
  gradescope: { extension: "json", each: gradescope },
  html: { extension: "html", each: html },
  junit: { extension: "xml", all: junit },
  prairielearn: { extension: "json", each: prairielearn },
  vocareum: { extension: "csv", each: vocareum },
} as const satisfies Readonly<Record<string, Writer>>;

export type WriterName = keyof typeof WRITERS;
export { type CsvOptions, csv, PRESETS } from "./csv.ts";
export { html } from "./html.ts";
export { junit } from "./junit.ts";
export {
  githubClassroom,
  githubClassroomReport,
  gradescope,
  prairielearn,
  testText,
  vocareum,
} from "./learning-systems.ts";
