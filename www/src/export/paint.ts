/**
 * Paints a part of the page on a canvas as it looks now, with the computed styles: boxes, borders, words, SVG shapes.
 *
 * The usual way, an SVG in an `<img>`, needs `data:` or `blob:` images, which a policy of `default-src 'self'`
 * forbids. This one loads nothing. It knows what the charts and tables here are made of, and not all of CSS: no shadows,
 * gradients, images, transforms of boxes or text over an ellipsis. Larger than `pixelsMax` becomes less sharp.
 */

/** What is operated rather than read. */
const unpainted = "select, input, details, .visually-hidden, .hint, [data-unprinted]";
const pixelsMax = 16_000_000;
const footSize = 12;
const footLine = 1.5 * footSize;

export interface Painting {
  /** Canvas pixels for one of the page's; less when it becomes too large. */
  readonly scale: number;
  /** What stands below: of when this is. Parts stay whole, as many on a line as there is room for. */
  readonly foot: readonly string[];
}

export function paint(root: Element, { scale, foot }: Painting): HTMLCanvasElement {
  const frame = root.getBoundingClientRect();
  const { color, fontFamily, backgroundColor } = getComputedStyle(root);
  const font = `${footSize}px ${fontFamily}`;
  const lines = broken(foot, font, frame.width - 2 * footSize);
  const height = frame.height + (lines.length + 0.5) * footLine;
  const sharp = Math.min(scale, Math.sqrt(pixelsMax / (frame.width * height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(frame.width * sharp);
  canvas.height = Math.round(height * sharp);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser has no canvas to paint on");
  context.setTransform(sharp, 0, 0, sharp, 0, 0);
  context.fillStyle = backgroundColor;
  context.fillRect(0, 0, frame.width, height);
  context.translate(-frame.left, -frame.top);
  new Painter(context).paint(root);
  context.font = font;
  context.fillStyle = color;
  lines.forEach((line, index) => {
    context.fillText(line, frame.left + footSize, frame.bottom + (index + 1) * footLine);
  });
  return canvas;
}

function broken(parts: readonly string[], font: string, widthMax: number): string[] {
  const context = document.createElement("canvas").getContext("2d");
  const lines: string[] = [];
  if (context !== null) context.font = font;
  for (const part of parts) {
    const longer = lines.length === 0 ? part : `${lines.at(-1)} · ${part}`;
    if (lines.length > 0 && (context?.measureText(longer).width ?? 0) <= widthMax) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

class Painter {
  readonly #context: CanvasRenderingContext2D;

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  paint(element: Element): void {
    const style = getComputedStyle(element);
    if (element.matches(unpainted) || style.display === "none" || style.visibility === "hidden") return;
    const context = this.#context;
    context.save();
    context.globalAlpha *= Number(style.opacity);
    if (element instanceof SVGGeometryElement) this.#shape(element, style);
    else if (element instanceof HTMLElement) this.#box(element, style);
    for (const child of element.childNodes) {
      if (child instanceof Element) this.paint(child);
      else if (child instanceof Text)
        this.#words(child, style, element instanceof SVGElement ? style.fill : style.color);
    }
    context.restore();
  }

  #box(element: HTMLElement, style: CSSStyleDeclaration): void {
    const context = this.#context;
    const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
    context.fillStyle = style.backgroundColor;
    context.beginPath();
    context.roundRect(left, top, width, height, Number.parseFloat(style.borderTopLeftRadius) || 0);
    context.fill();
    const sides = [
      ["Top", (w: number) => [left, top, width, w]],
      ["Bottom", (w: number) => [left, bottom - w, width, w]],
      ["Left", (w: number) => [left, top, w, height]],
      ["Right", (w: number) => [right - w, top, w, height]],
    ] as const;
    for (const [side, place] of sides) {
      if (style[`border${side}Style`] === "none") continue;
      context.fillStyle = style[`border${side}Color`];
      context.fillRect(...(place(Number.parseFloat(style[`border${side}Width`])) as [number, number, number, number]));
    }
  }

  /** Each word where the page has it: lines break here as they do there. */
  #words(text: Text, style: CSSStyleDeclaration, color: string): void {
    const context = this.#context;
    context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.letterSpacing = style.letterSpacing === "normal" ? "0px" : style.letterSpacing;
    context.fillStyle = color;
    const range = document.createRange();
    for (const { 0: word, index } of text.data.matchAll(/\S+/g)) {
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const place = range.getClientRects()[0];
      if (place === undefined) continue;
      const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = context.measureText(word);
      context.fillText(word, place.left, place.top + (place.height - above - below) / 2 + above);
    }
  }

  #shape(element: SVGGeometryElement, style: CSSStyleDeclaration): void {
    const context = this.#context;
    const matrix = element.getScreenCTM();
    if (matrix === null) return;
    const path = new Path2D();
    path.addPath(outline(element), matrix);
    if (style.fill !== "none") {
      context.save();
      context.globalAlpha *= Number(style.fillOpacity);
      context.fillStyle = style.fill;
      context.fill(path);
      context.restore();
    }
    if (style.stroke === "none") return;
    const stretch = style.getPropertyValue("vector-effect") === "non-scaling-stroke" ? 1 : matrix.a;
    context.strokeStyle = style.stroke;
    context.lineWidth = Number.parseFloat(style.strokeWidth) * stretch;
    context.setLineDash(
      style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(",").map(Number.parseFloat),
    );
    context.stroke(path);
  }
}

/** A shape in its own coordinates. */
function outline(element: SVGGeometryElement): Path2D {
  const path = new Path2D(element instanceof SVGPathElement ? (element.getAttribute("d") ?? "") : "");
  const of = (...lengths: SVGAnimatedLength[]) =>
    lengths.map(({ baseVal }) => baseVal.value) as number[] & [0, 0, 0, 0];
  if (element instanceof SVGRectElement) {
    const [x, y, width, height] = of(element.x, element.y, element.width, element.height);
    path.roundRect(x, y, width, height, element.rx.baseVal.value);
  } else if (element instanceof SVGLineElement) {
    const [x1, y1, x2, y2] = of(element.x1, element.y1, element.x2, element.y2);
    path.moveTo(x1, y1);
    path.lineTo(x2, y2);
  } else if (element instanceof SVGCircleElement) {
    const { cx, cy, r } = element;
    path.arc(cx.baseVal.value, cy.baseVal.value, r.baseVal.value, 0, 2 * Math.PI);
  }
  return path;
}
