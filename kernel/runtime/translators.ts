/**
 * Files of other languages as modules: a library's translator gives the type checker TypeScript in the file's place, and the
 * cell a value. The kernel is told which module translates which extension.
 */

/** Extension, without its dot, to the absolute path of a module that is a {@link Translator}. */
export type Translators = Readonly<Record<string, string>>;

/** What a module that translates files exports. */
export interface Translator {
  /** A module's TypeScript with the types of the file; throws for a file that it cannot read. */
  types(bytes: Uint8Array, path: string): string;
  /** What importing the file gives as its default; throws for a file that it cannot read. */
  value(bytes: Uint8Array, path: string): unknown;
}

/** The translator's path for a file; undefined where the file is no such. */
export function translatorOf(translators: Translators, path: string): string | undefined {
  const extension = /\.(\w+)$/.exec(path)?.[1] ?? "";
  return Object.hasOwn(translators, extension) ? translators[extension] : undefined;
}
