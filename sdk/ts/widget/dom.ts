/** Builds elements without markup text: nothing can be injected, and the strictest page allows all of it. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

function filled<T extends Element>(element: T, attributes: Attributes, children: readonly (Node | string)[]): T {
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

export const h = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] => filled(document.createElement(tag), attributes, children);

export const svg = <K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Node[]
): SVGElementTagNameMap[K] => filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** Writes only what changed, so that neither a selection nor a reader is disturbed. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets what changed; `undefined` and `false` remove, `true` is the empty text. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) element.removeAttribute(name);
    else {
      const text = value === true ? "" : String(value);
      if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    }
  }
}

/** As many children as there is data, those that are there first. @returns them */
export function repeat<T extends Element>(parent: Element, count: number, make: () => T): T[] {
  while (parent.children.length < count) parent.append(make());
  while (parent.children.length > count) parent.lastElementChild?.remove();
  return [...parent.children] as T[];
}
