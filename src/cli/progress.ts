const BAR = 30;
/** Milliseconds between two pictures. */
const EVERY = 100;

/** A duration for people. @example duration(75) // "1 min 15 s" */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * A bar with rate and remaining time on stderr where that is a terminal; in a log nothing. What was done before the first call does
 * not count for the rate.
 *
 * @example
 * const progress = progressBar("grading");
 * progress(0, 200); progress(1, 200); // grading [#.....] 1/200, 2.0/s, 1 min 40 s left
 */
export function progressBar(what: string): (done: number, total: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  let first: { readonly at: number; readonly done: number } | undefined;
  let shown = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const now = performance.now();
    first ??= { at: now, done };
    if (done < total && now - shown < EVERY) return;
    shown = now;
    const rate = (done - first.done) / Math.max(0.001, (now - first.at) / 1000);
    const told = rate === 0 ? "" : `, ${rate.toFixed(1)}/s, ${duration((total - done) / rate)} left`;
    const full = total === 0 ? BAR : Math.round((BAR * done) / total);
    const bar = `${"#".repeat(full)}${".".repeat(BAR - full)}`;
    process.stderr.write(`\r${what} [${bar}] ${done}/${total}${told}\u001b[K${done === total ? "\n" : ""}`);
  };
}
