const LONGEST = 60;

/**
 * A value as a short text, the same for equal values: numbers and bigints alike, texts in quotes, lists item by item.
 *
 * @example shownAnswer([1, 2n, "x"]); // '[1, 2, "x"]'
 */
export function shownAnswer(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "nothing";
    case "string":
      return cut(JSON.stringify(value));
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "function":
      return `the function ${cut(value.name) || "without a name"}`;
    case "symbol":
      return "a symbol";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return cut(`[${value.slice(0, 20).map(shownAnswer).join(", ")}]`);
      return `an object of ${cut(value.constructor?.name ?? "no class")}`;
  }
}

const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
