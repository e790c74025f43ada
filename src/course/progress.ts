import { ArgumentError } from "../isa/argument.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import { EXERCISES } from "./exercises/index.ts";
import { type ProgressStore, progressStore } from "./progress-store.ts";

/** Exercises passed and not yet, of one lesson. */
export interface LessonProgress {
  readonly lesson: string;
  readonly passed: readonly string[];
  readonly open: readonly string[];
}

/** How far the student is in one lesson, as it shows itself: a line. */
export class LessonStanding implements Displayable, LessonProgress {
  readonly lesson: string;
  readonly passed: readonly string[];
  readonly open: readonly string[];

  constructor({ lesson, passed, open }: LessonProgress) {
    this.lesson = lesson;
    this.passed = passed;
    this.open = open;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("lesson-standing", this);
  }
}

/**
 * Which exercises the student has passed, kept in a file of the student's where there is a file system. Binder forgets it:
 * `export()` gives a text to keep, `import(text)` takes it back.
 *
 * @example
 * progress.export();                      // '{"passed":["02-1","03-2"]}'
 * progress.import('{"passed":["02-1"]}'); // what was passed before stays
 */
export class Progress implements Displayable {
  readonly #store: ProgressStore;
  #passed: Set<string> | undefined;

  constructor(store: ProgressStore) {
    this.#store = store;
  }

  #all(): Set<string> {
    this.#passed ??= new Set(known(this.#store.read()) ?? []);
    return this.#passed;
  }

  /** Keeps that an exercise was passed. */
  passed(id: string): void {
    const all = this.#all();
    if (all.has(id)) return;
    all.add(id);
    this.#store.write(this.export());
  }

  has(id: string): boolean {
    return this.#all().has(id);
  }

  lessons(): readonly LessonProgress[] {
    const names = [...new Set(EXERCISES.map((row) => row.id.split("-")[0]!))];
    return names.map((lesson) => {
      const ids = EXERCISES.map((row) => row.id).filter((id) => id.startsWith(`${lesson}-`));
      return { lesson, passed: ids.filter((id) => this.has(id)), open: ids.filter((id) => !this.has(id)) };
    });
  }

  /**
   * One lesson by its number, `"inv"` for the investigations. Throws `ArgumentError` for a lesson without exercises.
   *
   * @example progress.lesson("03"); // Lesson 03 ■□□ 1 of 3 exercises passed
   */
  lesson(number: string): LessonStanding {
    const lessons = this.lessons();
    const found = lessons.find(({ lesson }) => lesson === number);
    if (found !== undefined) return new LessonStanding(found);
    const known = lessons.map(({ lesson }) => lesson).join(", ");
    throw new ArgumentError("lesson", `the number of a lesson as a text, one of ${known}`, number);
  }

  export(): string {
    return JSON.stringify({ passed: [...this.#all()].sort() });
  }

  /** Throws `ArgumentError` for a text that `export` did not give. */
  import(text: string): void {
    const more = known(text);
    if (more === undefined) throw new ArgumentError("progress", "a text that progress.export() gave", text);
    for (const id of more) this.#all().add(id);
    this.#store.write(this.export());
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("progress", this);
  }
}

/** The exercises that a text names; undefined if it is no such text. Exercises that are gone are left out. */
function known(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  try {
    const { passed } = JSON.parse(text) as { readonly passed?: unknown };
    if (!Array.isArray(passed)) return undefined;
    return EXERCISES.map((row) => row.id).filter((id) => passed.includes(id));
  } catch {
    return undefined;
  }
}

/** The progress of whoever runs this notebook. */
export const progress = new Progress(progressStore());
