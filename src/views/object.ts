/** An object file on a machine: its programs and maps. */
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import { viewBundle } from "./bundle.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";
import { type Column, table, textTable } from "./table.ts";

/** An object as this view needs it. */
export interface ObjectView {
  readonly name: string;
  readonly state: string;
  /** Of the compiler. */
  readonly warnings: string;
  readonly programList: readonly {
    readonly name: string;
    readonly section: string;
    readonly type: string | undefined;
    readonly size: number;
    readonly isLoaded: boolean;
  }[];
  readonly mapList: readonly { readonly name: string; readonly type: string; readonly maxEntries: number }[];
}

/** Two tables: programs with section and size, maps with type and entries. */
export function renderObject({ name, state, warnings, programList, mapList }: ObjectView): MimeBundle {
  const programColumns: Column[] = [
    { title: "program" },
    { title: "section" },
    { title: "type" },
    { title: "slots", kind: "number" },
    { title: "loaded" },
  ];
  const mapColumns: Column[] = [{ title: "map" }, { title: "type" }, { title: "entries", kind: "number" }];
  const programs = programList.map((each) => [
    ...[each.name, each.section, each.type ?? "unknown", String(each.size), each.isLoaded ? "yes" : "no"],
  ]);
  const maps = mapList.map((each) => [each.name, each.type, String(each.maxEntries)]);
  const facts = `${state}, ${plural(programs.length, "program")}, ${plural(maps.length, "map")}`;
  const parts = [
    { columns: programColumns, rows: programs, title: "programs" },
    { columns: mapColumns, rows: maps, title: "maps" },
  ].filter(({ rows }) => rows.length > 0);
  return viewBundle({
    label: `Object ${name}: ${facts}`,
    body: html`<p style="${STYLE.headline}"><strong>${name}</strong>: ${facts}</p>${parts.map(
      ({ title, columns, rows }) =>
        html`${table(
          title,
          columns,
          rows.map((cells) => ({ cells })),
        )}`,
    )}${warnings && html`<pre>${warnings.trim()}</pre>`}`,
    text: [
      `object ${name}: ${facts}`,
      ...(warnings === "" ? [] : [warnings.trim()]),
      ...parts.map(({ columns, rows }) => textTable([columns.map(({ title }) => title), ...rows], columns)),
    ].join("\n\n"),
  });
}
