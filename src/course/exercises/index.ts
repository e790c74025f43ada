import type { Exercise } from "../exercise.ts";
import { LESSON_00 } from "./00-first-light.ts";

/** All exercises of the course, in its order. */
export const EXERCISES: readonly Exercise[] = [...LESSON_00];
