/** What the interactive flame graph gets, as short as it can be written. */
import type { FlameGraphData } from "./component/flame-graph.client.ts";
import { boxWords, type FlameLook, fillOf, subtitleOf } from "./flame-spec.ts";
import type { FlameBox } from "./flame-tree.ts";

interface FlameView {
  readonly title: string;
  readonly look: FlameLook;
  readonly zoom: string | undefined;
  readonly search: string | undefined;
}

/** Boxes by number of their parent, name and colour; `rows` is the height in boxes. */
export function flameViewData(boxes: readonly FlameBox[], { title, look, zoom, search }: FlameView) {
  const names = numbered();
  const fills = numbered();
  const whole = boxes[0].node.total;
  // Boxes come level by level, so a parent is known before its children.
  const parents = new Map(
    boxes.flatMap(({ node }, index) => [...(node.children?.values() ?? [])].map((child) => [child, index] as const)),
  );
  const data: FlameGraphData = {
    title,
    subtitle: subtitleOf(whole, look),
    boxes: boxes.map(({ node, from, to }) => [
      parents.get(node) ?? 0,
      names.of(node.frame.name),
      Math.round(from * 1e6),
      Math.round(to * 1e6),
      fills.of(fillOf(node, look)),
      boxWords(node, whole, look),
    ]),
    names: names.all,
    fills: fills.all,
    icicle: look.direction === "down",
    ...(zoom !== undefined && { zoom }),
    ...(search !== undefined && { search }),
  };
  return { ...data, rows: boxes[boxes.length - 1].depth + 1 };
}

/** Texts in the order in which they first came. */
function numbered(): { readonly all: string[]; of(text: string): number } {
  const known = new Map<string, number>();
  const all: string[] = [];
  return {
    all,
    of(text) {
      let number = known.get(text);
      if (number === undefined) known.set(text, (number = all.push(text) - 1));
      return number;
    },
  };
}
