import { CWriter } from "../../btf/c/declaration.ts";
import { CNames } from "../../btf/c/names.ts";
import type { ObjectData, ObjectFile } from "../../elf/object.ts";
import { openObject } from "../../elf/open.ts";
import { internalMapName } from "../../loader/object/names.ts";
import { embedded } from "./embedded.ts";

/** A map as the skeleton knows it: its name in Linux, in C, and the section that it is of. */
interface SkeletonMap {
  readonly name: string;
  readonly member: string;
  readonly section: ObjectData | undefined;
}

/**
 * What `bpftool gen skeleton` writes: a C header with the object's bytes, its maps, programs and variables, and the functions that open,
 * load, attach and destroy it.
 *
 * @param name the object's name: `prog_bpf` for `prog.bpf.o`
 * @example cSkeleton(readFileSync("prog.bpf.o"), "prog_bpf").includes("prog_bpf__open_and_load") // true
 */
export function cSkeleton(bytes: Uint8Array, name: string): string {
  const file = openObject(bytes);
  const maps = mapsOf(file, name);
  const programs = file.programs.map((program) => program.name);
  const sections = maps.filter((map) => map.section !== undefined);
  const guard = `__${name.toUpperCase()}_SKEL_H__`;
  const lists: readonly (readonly [string, string, readonly string[]])[] = [
    ["bpf_map", "maps", maps.map(({ member }) => member)],
    ["bpf_program", "progs", programs],
    ["bpf_link", "links", programs],
  ];
  const members = lists
    .filter(([, , names]) => names.length > 0)
    .map(
      ([type, list, names]) =>
        `\tstruct {\n${names.map((each) => `\t\tstruct ${type} *${each};\n`).join("")}\t} ${list};\n`,
    );
  const variables = sections.map(({ member, section }) => variablesOf(file, section!, name, member));
  return [
    HEAD.replaceAll("@GUARD", guard),
    `struct ${name} {\n\tstruct bpf_object_skeleton *skeleton;\n\tstruct bpf_object *obj;\n`,
    ...[...members, ...variables],
    METHODS.replaceAll("@", name),
    FUNCTIONS.replaceAll("@", name),
    createText(name, maps, programs),
    `static inline const void *${name}__elf_bytes(size_t *sz)\n{\n\t*sz = ${bytes.length};\n\treturn (const void *)"\\\n${embedded(bytes)}";\n}\n`,
    CPLUSPLUS.replaceAll("@", name),
    assertText(file, sections, name),
    `\n#endif /* ${guard} */\n`,
  ].join("");
}

/** Maps that the source declares, then those of its data, in libbpf's order. */
function mapsOf(file: ObjectFile, name: string): SkeletonMap[] {
  const declared = file.maps.map((map): SkeletonMap => ({ name: map.name, member: map.name, section: undefined }));
  const data = file.data
    .filter(({ kind }) => kind === "rodata" || kind === "data" || kind === "bss")
    .map((section): SkeletonMap => {
      const member = section.name.slice(1).replaceAll(".", "_");
      return { name: internalMapName(name, section.name), member, section };
    });
  return [...declared, ...data];
}

/** Variables that other files see: those of one file alone are not part of a skeleton. */
function variablesOf({ btf }: ObjectFile, { variables }: ObjectData, name: string, member: string): string {
  const shown = btf === undefined ? [] : variables.filter((each) => each.type !== 0 && each.linkage === "global");
  const writer = btf && new CWriter(btf, new CNames(btf));
  let end = 0;
  const lines = shown.map((variable) => {
    const gap = variable.offset - end;
    const pad =
      gap > 0 && variable.offset % Math.min(8, variable.size || 1) === 0 && gap >= 8
        ? `\t\tchar __pad${end}[${gap}];\n`
        : "";
    end = variable.offset + variable.size;
    const type = unqualified(btf!, variable.type);
    return `${pad}\t\t${writer!.declare(type, variable.name, 2)};\n`;
  });
  return `\tstruct ${name}__${member} {\n${lines.join("")}\t} *${member};\n`;
}

/** A type without `const` and `volatile`, which a skeleton's own variables are not. */
function unqualified(btf: NonNullable<ObjectFile["btf"]>, id: number): number {
  let type = btf.type(id);
  while (type.kind === "const" || type.kind === "volatile") type = btf.type(type.type);
  return type.id;
}

function createText(name: string, maps: readonly SkeletonMap[], programs: readonly string[]): string {
  const mapText = maps.map(({ name: own, member, section }, index) => {
    const mapped = section !== undefined ? `\ts->maps[${index}].mmaped = (void **)&obj->${member};\n` : "";
    return `\ts->maps[${index}].name = "${own}";\n\ts->maps[${index}].map = &obj->maps.${member};\n${mapped}`;
  });
  const programText = programs.map(
    (own, index) =>
      `\ts->progs[${index}].name = "${own}";\n\ts->progs[${index}].prog = &obj->progs.${own};\n\ts->progs[${index}].link = &obj->links.${own};\n`,
  );
  const list = (what: string, member: string, type: string, rows: readonly string[]): string =>
    rows.length === 0
      ? ""
      : `\n\t/* ${what} */\n\ts->${member}_cnt = ${rows.length};\n\ts->${member}_skel_sz = sizeof(*s->${member}s);\n` +
        `\ts->${member}s = (struct ${type} *)calloc(s->${member}_cnt, s->${member}_skel_sz);\n` +
        `\tif (!s->${member}s) {\n\t\terr = -ENOMEM;\n\t\tgoto err;\n\t}\n\n${rows.join("\n")}`;
  return (
    CREATE.replaceAll("@", name) +
    list("maps", "map", "bpf_map_skeleton", mapText) +
    list("programs", "prog", "bpf_prog_skeleton", programText) +
    `\n\ts->data = (void *)${name}__elf_bytes(&s->data_sz);\n\n\tobj->skeleton = s;\n\treturn 0;\nerr:\n` +
    "\tbpf_object__destroy_skeleton(s);\n\treturn err;\n}\n\n"
  );
}

function assertText(file: ObjectFile, sections: readonly SkeletonMap[], name: string): string {
  const asserts = sections.flatMap(({ member, section }) =>
    section!.variables
      .filter(({ type, linkage }) => type !== 0 && linkage === "global" && file.btf !== undefined)
      .map(
        (each) =>
          `\t_Static_assert(sizeof(s->${member}->${each.name}) == ${each.size}, "unexpected size of '${each.name}'");\n`,
      ),
  );
  return (
    `\n__attribute__((unused)) static void\n${name}__assert(struct ${name} *s __attribute__((unused)))\n{\n` +
    `#ifdef __cplusplus\n#define _Static_assert static_assert\n#endif\n${asserts.join("")}` +
    "#ifdef __cplusplus\n#undef _Static_assert\n#endif\n}\n"
  );
}

const HEAD = `/* SPDX-License-Identifier: (LGPL-2.1 OR BSD-2-Clause) */

/* THIS FILE IS AUTOGENERATED BY BPFTOOL! */
#ifndef @GUARD
#define @GUARD

#include <errno.h>
#include <stdlib.h>
#include <bpf/libbpf.h>

`;

const METHODS = `
#ifdef __cplusplus
	static inline struct @ *open(const struct bpf_object_open_opts *opts = nullptr);
	static inline struct @ *open_and_load();
	static inline int load(struct @ *skel);
	static inline int attach(struct @ *skel);
	static inline void detach(struct @ *skel);
	static inline void destroy(struct @ *skel);
	static inline const void *elf_bytes(size_t *sz);
#endif /* __cplusplus */
};

`;

const FUNCTIONS = `static void
@__destroy(struct @ *obj)
{
	if (!obj)
		return;
	if (obj->skeleton)
		bpf_object__destroy_skeleton(obj->skeleton);
	free(obj);
}

static inline int
@__create_skeleton(struct @ *obj);

static inline struct @ *
@__open_opts(const struct bpf_object_open_opts *opts)
{
	struct @ *obj;
	int err;

	obj = (struct @ *)calloc(1, sizeof(*obj));
	if (!obj) {
		errno = ENOMEM;
		return NULL;
	}

	err = @__create_skeleton(obj);
	if (err)
		goto err_out;

	err = bpf_object__open_skeleton(obj->skeleton, opts);
	if (err)
		goto err_out;

	return obj;
err_out:
	@__destroy(obj);
	errno = -err;
	return NULL;
}

static inline struct @ *
@__open(void)
{
	return @__open_opts(NULL);
}

static inline int
@__load(struct @ *obj)
{
	return bpf_object__load_skeleton(obj->skeleton);
}

static inline struct @ *
@__open_and_load(void)
{
	struct @ *obj;
	int err;

	obj = @__open();
	if (!obj)
		return NULL;
	err = @__load(obj);
	if (err) {
		@__destroy(obj);
		errno = -err;
		return NULL;
	}
	return obj;
}

static inline int
@__attach(struct @ *obj)
{
	return bpf_object__attach_skeleton(obj->skeleton);
}

static inline void
@__detach(struct @ *obj)
{
	bpf_object__detach_skeleton(obj->skeleton);
}

static inline const void *@__elf_bytes(size_t *sz);

`;

const CREATE = `static inline int
@__create_skeleton(struct @ *obj)
{
	struct bpf_object_skeleton *s;
	int err;

	s = (struct bpf_object_skeleton *)calloc(1, sizeof(*s));
	if (!s)	{
		err = -ENOMEM;
		goto err;
	}

	s->sz = sizeof(*s);
	s->name = "@";
	s->obj = &obj->obj;
`;

const CPLUSPLUS = `
#ifdef __cplusplus
struct @ *@::open(const struct bpf_object_open_opts *opts) { return @__open_opts(opts); }
struct @ *@::open_and_load() { return @__open_and_load(); }
int @::load(struct @ *skel) { return @__load(skel); }
int @::attach(struct @ *skel) { return @__attach(skel); }
void @::detach(struct @ *skel) { @__detach(skel); }
void @::destroy(struct @ *skel) { @__destroy(skel); }
const void *@::elf_bytes(size_t *sz) { return @__elf_bytes(sz); }
#endif /* __cplusplus */
`;
