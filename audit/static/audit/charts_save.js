// A chart as a file that stands alone: SVG, or PNG drawn from it here. No request leaves the browser.
//
// The looks are written into the drawing, for its class names mean nothing elsewhere. The picture is drawn
// from a data: address, which img-src of our policy allows already; a file is saved from a blob: address,
// which no directive of a policy concerns. Without this file there is nothing to press.
"use strict";

(() => {
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const MARGIN = 16;
  const DOTS = 3; // for each unit of the drawing: sharp on paper
  const USUAL = {
    fill: "rgb(0, 0, 0)",
    stroke: "none",
    "stroke-width": "1px",
    "stroke-dasharray": "none",
    "stroke-linejoin": "miter",
    "paint-order": "normal",
  };
  const LETTERS = ["font-family", "font-size", "font-weight"];
  const DRAWN = "path, polygon, polyline, line, rect, circle, text";
  const OURS = ["class", "tabindex", "aria-hidden", "aria-label"];
  const TITLE = { size: 18, weight: 600 };
  const BODY = { size: 14 };
  const NOTE = { size: 12, fill: "#444" };
  const rtl = document.documentElement.dir === "rtl";
  const family = getComputedStyle(document.body).fontFamily;
  const pen = document.createElement("canvas").getContext("2d");

  function make(name, attributes, ...within) {
    const part = document.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    part.append(...within);
    return part;
  }

  function writeLook(part, drawn) {
    const look = getComputedStyle(part);
    for (const [name, usual] of Object.entries(USUAL)) {
      const value = look.getPropertyValue(name);
      if (value !== usual) drawn.setAttribute(name, value);
    }
    if (part.localName === "text") {
      for (const name of LETTERS) drawn.setAttribute(name, look.getPropertyValue(name));
    }
  }

  // The parts of a drawing with their looks in them, and without what only our page understands.
  function standingAlone(drawing) {
    const copy = drawing.cloneNode(true);
    const originals = drawing.querySelectorAll(DRAWN);
    copy.querySelectorAll(DRAWN).forEach((part, place) => writeLook(originals[place], part));
    for (const mark of copy.querySelectorAll(".mark")) {
      const title = make("title", {}, mark.getAttribute("aria-label"));
      mark.replaceWith(make("g", { role: "img", transform: mark.getAttribute("transform") }, title, ...mark.children));
    }
    for (const part of copy.querySelectorAll("*")) OURS.forEach((name) => part.removeAttribute(name));
    return [...copy.childNodes];
  }

  function linesOf(words, { size, weight = 400 }, width) {
    pen.font = `${weight} ${size}px ${family}`;
    const found = [""];
    for (const word of words.split(/[ \n\t]+/).filter(Boolean)) {
      const longer = `${found.at(-1)} ${word}`.trim();
      if (found.at(-1) && pen.measureText(longer).width > width) found.push(word);
      else found[found.length - 1] = longer;
    }
    return found.filter(Boolean);
  }

  // Words from (left, top) on, no wider than `width`, beginning where reading does. `height` is what they take.
  function paragraph(words, letters, { left = 0, top = 0, width }) {
    const { size, weight = 400, fill = "#000" } = letters;
    const step = size * 1.4;
    const place = rtl ? { x: left + width, direction: "rtl" } : { x: left };
    const look = { "font-family": family, "font-size": size, "font-weight": weight, fill };
    const said = linesOf(words, letters, width);
    const parts = said.map((line, n) => make("text", { ...place, y: top + size + n * step, ...look }, line));
    return { parts, height: said.length * step };
  }

  function stacked(paragraphs, { left = 0, top = 0, width }) {
    const parts = [];
    let height = 0;
    for (const [words, letters] of paragraphs) {
      const made = paragraph(words, letters, { left, top: top + height, width });
      parts.push(...made.parts);
      height += made.height;
    }
    return { parts, height };
  }

  // White ground, the title above, the source below: what a drawing needs to be understood alone.
  function sheet(title, { parts, width, height }, notes) {
    const head = paragraph(title, TITLE, { width });
    const foot = stacked(notes.map((note) => [note, NOTE]), { top: head.height + height + 8, width });
    const [wide, high] = [width + 2 * MARGIN, head.height + height + 8 + foot.height + 2 * MARGIN];
    const place = { x: -MARGIN, y: -MARGIN, width: wide, height: high };
    const whole = { xmlns: NAMESPACE, width: wide, height: high, viewBox: Object.values(place).join(" "), role: "img" };
    const saved = make(
      "svg",
      whole,
      make("title", {}, title),
      make("rect", { ...place, fill: "#fff" }),
      ...head.parts,
      make("g", { transform: `translate(0 ${head.height})` }, ...parts),
      ...foot.parts,
    );
    return { text: new XMLSerializer().serializeToString(saved), wide, high };
  }

  // In dark ink, in dark mode too, and without the sign of the focus.
  function onPaper(chart, read) {
    for (const mark of chart.querySelectorAll(".shown")) mark.classList.remove("shown");
    chart.classList.add("on-paper");
    const found = read();
    chart.classList.remove("on-paper");
    return found;
  }

  // What a reader sees of it, without what only a screen reader hears.
  function said(part) {
    const copy = part.cloneNode(true);
    for (const unseen of copy.querySelectorAll(".visually-hidden, .cell-label, svg")) unseen.remove();
    for (const apart of copy.querySelectorAll("bdi")) {
      apart.textContent = `${apart.dir === "ltr" ? "\u2066" : "\u2068"}${apart.textContent.trim()}\u2069`;
    }
    return copy.textContent.trim();
  }

  function ofPlot(figure, source) {
    const drawing = figure.querySelector(".plot-frame > svg");
    const { width, height } = drawing.viewBox.baseVal;
    const parts = onPaper(figure, () => standingAlone(drawing));
    return sheet(said(figure.querySelector("figcaption")), { parts, width, height }, [source]);
  }

  // The columns of a forest before its drawings, in units from where reading begins.
  const COLUMNS = [220, 90, 130, 190, 200];
  const GAP = 16;
  const DRAWN_WIDTH = 320;
  const WIDTH = COLUMNS.reduce((sum, width) => sum + width + GAP, DRAWN_WIDTH);
  const STRONG = ".measure-name, .verdict";

  function paragraphsOf(cell) {
    const parts = [...cell.querySelectorAll(`${STRONG}, .measure-population`)];
    if (!parts.length) return [[said(cell), BODY]];
    return parts.map((part) => [said(part), part.matches(STRONG) ? { ...BODY, weight: 600 } : NOTE]);
  }

  function rowOf(row, top) {
    const parts = [make("line", { x1: 0, x2: WIDTH, y1: top, y2: top, stroke: "#999" })];
    let height = 0;
    let start = 0;
    for (const [place, width] of COLUMNS.entries()) {
      const left = rtl ? WIDTH - start - width : start;
      const column = stacked(paragraphsOf(row.cells[place]), { left, top: top + 8, width });
      parts.push(...column.parts);
      height = Math.max(height, column.height);
      start += width + GAP;
    }
    const drawing = row.querySelector(".drawn > .chart");
    const transform = `translate(${rtl ? 0 : WIDTH - DRAWN_WIDTH} ${top + 8})`;
    const words = drawing.getAttribute("aria-label"); // the head of the column has none
    const drawn = make("g", { transform }, ...standingAlone(drawing));
    if (words) drawn.prepend(make("title", {}, words));
    parts.push(drawn);
    return { parts, height: Math.max(height, drawing.viewBox.baseVal.height) + 16 };
  }

  function ofForest(table, source) {
    const parts = [];
    let height = 8;
    onPaper(table, () => {
      for (const row of table.rows) {
        if (row.matches(".below-row")) continue;
        const made = rowOf(row, height);
        parts.push(...made.parts);
        height += made.height;
      }
    });
    const legend = [...document.querySelectorAll(".forest ~ .legend dd")].map(said);
    return sheet(said(table.caption), { parts, width: WIDTH, height }, [...legend, source]);
  }

  function file(tools) {
    const figure = tools.closest(".plot");
    const { source } = tools.dataset;
    return figure ? ofPlot(figure, source) : ofForest(tools.previousElementSibling, source);
  }

  async function picture({ text, wide, high }) {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [wide * DOTS, high * DOTS];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  const FILES = {
    svg: async (made) => new Blob([made.text], { type: "image/svg+xml" }),
    png: picture,
  };

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  for (const tools of document.querySelectorAll(".chart-tools")) {
    tools.hidden = false;
    tools.addEventListener("click", async ({ target }) => {
      const kind = target.dataset.save;
      if (kind) save(await FILES[kind](file(tools)), `${tools.dataset.name}.${kind}`);
    });
  }
})();
