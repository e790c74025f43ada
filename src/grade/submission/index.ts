/** What students hand over: encoded in their process, read in the grader's as hostile data. */
export * from "./artefact.ts";
export { fromBase64, toBase64 } from "./base64.ts";
export { checkArtefact, type DecodedSubmission, decodeProgram, decodeSubmission } from "./decode.ts";
export { decodeValue, encodeArtefact, encodeSubmission } from "./encode.ts";
export { canonical, readJson } from "./json.ts";
