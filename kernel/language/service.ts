import type { LanguageService, LanguageServiceOptions } from "./types.ts";

export type * from "./types.ts";

/**
 * Starts TypeScript's language server for one notebook.
 *
 * @example
 * ```ts
 * const language = createLanguageService({ cwd: process.cwd(), modules: { bpfbook: "/opt/bpfbook/src/index.ts" } });
 * const { diagnostics } = await language.check({ id: 1, code: "const n: number = 'x'" });
 * ```
 */
export declare function createLanguageService(options: LanguageServiceOptions): LanguageService;
