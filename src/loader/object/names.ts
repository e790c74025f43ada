import type { ObjectFile } from "../../elf/object.ts";

/** Bytes of a name in Linux, with its zero. */
const NAME_BYTES = 16;

/** The name of an object from its file: what comes before the first dot of the last part of the path. */
export const objectName = (file: string): string =>
  file
    .slice(file.lastIndexOf("/") + 1)
    .split(".")[0]!
    .slice(0, NAME_BYTES - 1);

/** A name as Linux keeps it: its first 15 characters. */
export const linuxName = (name: string): string => name.slice(0, NAME_BYTES - 1);

/**
 * The name that libbpf gives the map of a section of data: `execsnoo.rodata`. Sections with a second dot keep their own.
 *
 * @example internalMapName("execsnoop", ".rodata") // "execsnoo.rodata"
 */
export function internalMapName(object: string, section: string): string {
  const end = Math.min(Math.max(7, section.length), NAME_BYTES - 1);
  const own = section.indexOf(".", 1) >= 0 ? 0 : Math.min(NAME_BYTES - end - 1, object.length);
  return (object.slice(0, own) + section.slice(0, end)).replaceAll(/[^A-Za-z0-9_.]/g, "_");
}

/** Whether some variable of a section can be seen from outside: only such maps can be mapped into a process. */
export function isMappable({ btf }: ObjectFile, section: string): boolean {
  const vars = btf?.byName(section, "datasec")?.vars ?? [];
  return vars.some(({ type }) => {
    const variable = btf!.type(type);
    return variable.kind === "var" && variable.linkage !== "static";
  });
}
