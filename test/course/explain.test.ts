/** Pages of the syllabus: complete, true to the data they are made from, readable in both forms. */
import { describe, expect, it } from "vitest";
import { explain, TOPICS } from "../../src/course/explain/explain.ts";
import { HELPERS } from "../../src/helpers/table.ts";
import { ArgumentError } from "../../src/isa/argument.ts";
import { MAP_TYPES } from "../../src/maps/spec.ts";
import { PROGRAMS } from "../../src/programs/table.ts";
import { renderPage } from "../../src/views/page.ts";

const CONCEPTS = [..."abcdefgh"].map((c) => `2.10.38 ${c}`).concat([..."abcdefg"].map((c) => `2.10.39 ${c}`));
const textOf = (topic?: string): string => String(renderPage(explain(topic))["text/plain"]);
const markdownOf = (topic?: string): string => String(renderPage(explain(topic))["text/markdown"]);

describe("explain", () => {
  it("has the fifteen sections of the syllabus and its quick reference", () => {
    expect(TOPICS.length).toBe(16);
    expect(new Set(TOPICS.map(({ id }) => id)).size).toBe(16);
    expect(TOPICS.at(-1)?.id).toBe("quick-reference");
  });

  it("covers every concept of the syllabus", () => {
    expect([...new Set(TOPICS.flatMap(({ concepts }) => concepts))].sort()).toEqual(CONCEPTS);
  });

  it("lists all topics when none is asked for", () => {
    for (const { id, title } of TOPICS) expect(textOf()).toMatch(new RegExp(`${id} +${title.replace(/[()]/g, ".")}`));
  });

  it.each(TOPICS.map(({ id }) => id))("%s shows as markdown and as text", (id) => {
    const [text, markdown] = [textOf(id), markdownOf(id)];
    expect(markdown.startsWith(`## ${explain(id).title}\n`)).toBe(true);
    expect(`${text}${markdown}`).not.toMatch(/undefined|\[object|NaN/);
    for (const block of explain(id).blocks)
      if (block.kind === "table") for (const row of block.rows) expect(row.length).toBe(block.head.length);
    // A table's lines have the same number of columns in markdown.
    for (const lines of markdown.match(/(^\|.*\n?)+/gm) ?? [])
      expect(
        new Set(
          lines
            .trim()
            .split("\n")
            .map((line) => line.split(/(?<!\\)\|/).length),
        ).size,
      ).toBe(1);
  });

  it("tells what the verifier really says", () => {
    const text = textOf("verifier");
    for (const said of [
      "R2 invalid mem access 'scalar' (EACCES)",
      "infinite loop detected at insn 0 (EINVAL)",
      "unreachable insn 2 (EINVAL)",
      "R2 !read_ok (EACCES)",
      "invalid write to stack R10 off=-513 size=1 (EACCES)",
      "R2 offset is outside of the packet (EACCES)",
    ])
      expect(text).toContain(said);
    expect(text).toMatch(/instructions that the verifier goes through.* 1,000,000\n/);
  });

  it("names all map types, common helpers, program types and actions of XDP from their rows", () => {
    for (const [type, number] of Object.entries(MAP_TYPES))
      expect(textOf("maps")).toMatch(new RegExp(`\\b${number} +BPF_MAP_TYPE_${type.toUpperCase()}\\b`));
    for (const { type, doc } of Object.values(PROGRAMS))
      if (type !== "raw") expect(textOf("program-types")).toContain(doc);
    for (const action of ["XDP_PASS", "XDP_DROP", "XDP_TX", "XDP_REDIRECT", "XDP_ABORTED"])
      expect(textOf("xdp")).toContain(action);
    const lookup = HELPERS.find(({ name }) => name === "map_lookup_elem")!;
    expect(textOf("helpers")).toContain("bpf_map_lookup_elem(map, map_key) → map_value_or_null");
    expect(textOf("helpers")).toContain(lookup.doc);
  });

  it("finds a topic by other words for it", () => {
    expect(explain("XDP_DROP").id).toBe("xdp");
    expect(explain("compile once").id).toBe("core");
    expect(explain(" Verifier ").id).toBe("verifier");
  });

  it("an unknown topic is an error that names the nearest, or all", () => {
    expect(() => explain("verfier")).toThrow(/such as "verifier"/);
    expect(() => explain("quantum physics")).toThrow(/overview, verifier, jit/);
    for (const strange of [null, 7, {}, ""]) expect(() => explain(strange as never)).toThrow(ArgumentError);
  });
});
