/** What a student's cells use. */
export { check, hint, TaskCheck } from "./check.ts";
export {
  artefactText,
  forget,
  handedOver,
  type Instance,
  instanceOf,
  onSubmit,
  submission,
  submit,
  variant,
} from "./handed.ts";
