/**
 * A cursor over the marks of a chart, moved by arrow keys: the chart is one stop of the Tab key, however many marks it
 * has. What it comes to is spoken by the page's one polite region.
 */

export interface CursorTarget {
  /** How many marks there are now. */
  count(): number;
  /** How many stand beside each other: up and down go on by that many. */
  across(): number;
  at(): number;
  /** The cursor came to a mark by keyboard. */
  moveTo(index: number): void;
  /** Enter or space was pressed on a mark. */
  pick?(index: number): void;
}

/** Listens to the keys of an element that can be focused. */
export function followKeys(element: HTMLElement, target: CursorTarget): void {
  element.addEventListener("keydown", (event) => {
    if (event.target !== element || event.altKey || event.ctrlKey || event.metaKey) return;
    if ((event.key === "Enter" || event.key === " ") && target.pick !== undefined) {
      event.preventDefault();
      if (target.at() < target.count()) target.pick(target.at());
      return;
    }
    const index = moved(event.key, target);
    if (index === undefined) return;
    event.preventDefault();
    target.moveTo(index);
  });
}

/** Where a key leads; none for keys that lead nowhere, which keep their usual meaning. */
function moved(key: string, target: CursorTarget): number | undefined {
  const [at, across, last] = [target.at(), Math.max(target.across(), 1), target.count() - 1];
  const row = (index: number) => Math.floor(index / across);
  const beside = (index: number) => (row(index) === row(at) ? index : at);
  const targets: Record<string, number> = { Home: 0, End: last };
  if (across > 1) Object.assign(targets, { ArrowLeft: beside(at - 1), ArrowRight: beside(at + 1) });
  if (across <= last) Object.assign(targets, { ArrowUp: at - across, ArrowDown: at + across });
  const index = targets[key];
  if (index === undefined) return undefined;
  return index < 0 || index > last ? at : index;
}
