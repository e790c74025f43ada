/**
 * The nodes that `entry` reaches, in reverse postorder: each before what it leads to, but for edges that go back.
 * Depth first without recursion: programs may have a hundred thousand blocks in a row.
 *
 * @example
 * reversePostorder(0, (node) => [[1, 2], [2], []][node]); // [0, 1, 2]
 */
export function reversePostorder(entry: number, successors: (node: number) => readonly number[]): number[] {
  const postorder: number[] = [];
  const seen = new Set([entry]);
  const stack = [{ node: entry, next: successors(entry), at: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (top.at === top.next.length) {
      postorder.push(top.node);
      stack.pop();
      continue;
    }
    const successor = top.next[top.at++];
    if (seen.has(successor)) continue;
    seen.add(successor);
    stack.push({ node: successor, next: successors(successor), at: 0 });
  }
  return postorder.reverse();
}
