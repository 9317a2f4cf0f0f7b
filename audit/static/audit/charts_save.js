// A plot as a file that stands alone: SVG, or PNG drawn from it here. No request leaves the browser.
//
// The styles are written into the drawing, for its class names mean nothing elsewhere. The picture is drawn
// from a data: address, which img-src of our policy allows already; a file is saved from a blob: address,
// which no directive of a policy concerns.
"use strict";

(() => {
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const MARGIN = 16;
  const DOTS = 3; // for each unit of the drawing: sharp on paper
  const LOOKS = {
    "fill": "rgb(0, 0, 0)",
    "stroke": "none",
    "stroke-width": "1px",
    "stroke-dasharray": "none",
    "stroke-linejoin": "miter",
    "paint-order": "normal",
  };
  const LETTERS = ["font-family", "font-size", "font-weight"];
  const DRAWN = "path, polygon, polyline, circle, text";
  const OURS = ["class", "tabindex", "aria-hidden", "aria-label", "aria-labelledby", "aria-describedby"];

  function make(name, attributes, words) {
    const part = document.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    if (words) part.textContent = words;
    return part;
  }

  function writeLook(part, drawn) {
    const look = getComputedStyle(part);
    for (const [name, usual] of Object.entries(LOOKS)) {
      const value = look.getPropertyValue(name);
      if (value !== usual) drawn.setAttribute(name, value);
    }
    if (part.localName === "text") LETTERS.forEach((name) => drawn.setAttribute(name, look.getPropertyValue(name)));
  }

  // The same drawing with its looks in it, and without what only our page understands.
  function standingAlone(drawing) {
    const copy = drawing.cloneNode(true);
    const originals = drawing.querySelectorAll(DRAWN);
    copy.querySelectorAll(DRAWN).forEach((part, place) => writeLook(originals[place], part));
    for (const mark of copy.querySelectorAll(".mark")) {
      const plain = make("g", { role: "img", transform: mark.getAttribute("transform") });
      plain.append(make("title", {}, mark.getAttribute("aria-label")), ...mark.querySelectorAll("path, circle"));
      mark.replaceWith(plain);
    }
    for (const part of copy.querySelectorAll("*")) OURS.forEach((name) => part.removeAttribute(name));
    return [...copy.childNodes];
  }

  // Lines of words no wider than the drawing.
  function lines(words, font, width) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    const found = [""];
    for (const word of words.split(/\s+/).filter(Boolean)) {
      const longer = `${found.at(-1)} ${word}`.trim();
      if (found.at(-1) && pen.measureText(longer).width > width) found.push(word);
      else found[found.length - 1] = longer;
    }
    return found.filter(Boolean);
  }

  function paragraph(words, { size, weight, family, fill, width, top }) {
    const said = lines(words, `${weight} ${size}px ${family}`, width);
    const rtl = document.documentElement.dir === "rtl";
    const usual = { "font-family": family, "font-size": size, "font-weight": weight, fill };
    const place = rtl ? { x: width, direction: "rtl" } : { x: 0 };
    return said.map((line, n) => make("text", { ...place, y: top + (n + 1) * size * 1.4, ...usual }, line));
  }

  function file(figure) {
    const drawing = figure.querySelector(".plot-frame > svg");
    const title = figure.querySelector("figcaption").textContent.trim();
    const { width, height } = drawing.viewBox.baseVal;
    for (const mark of figure.querySelectorAll(".shown")) mark.classList.remove("shown");
    figure.classList.add("on-paper"); // white ground and dark ink in dark mode too
    const family = getComputedStyle(drawing).fontFamily;
    const parts = standingAlone(drawing);
    figure.classList.remove("on-paper");
    const head = paragraph(title, { size: 18, weight: 600, family, fill: "#000", width, top: 0 });
    const foot = paragraph(figure.dataset.source, { size: 12, weight: 400, family, fill: "#444", width, top: height });
    const above = head.length * 18 * 1.4 + MARGIN;
    const [wide, high] = [width + 2 * MARGIN, above + height + foot.length * 12 * 1.4 + 2 * MARGIN];
    const frame = `${-MARGIN} ${-above - MARGIN} ${wide} ${high}`;
    const saved = make("svg", { xmlns: NAMESPACE, width: wide, height: high, viewBox: frame, role: "img" });
    const ground = make("rect", { x: -MARGIN, y: -above - MARGIN, width: wide, height: high, fill: "#fff" });
    const raised = make("g", { transform: `translate(0 ${-above})` });
    raised.append(...head);
    saved.append(make("title", {}, title), ground, raised, ...parts, ...foot);
    return { text: new XMLSerializer().serializeToString(saved), wide, high };
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

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  const FILES = {
    svg: async (figure) => new Blob([file(figure).text], { type: "image/svg+xml" }),
    png: (figure) => picture(file(figure)),
  };

  for (const tools of document.querySelectorAll(".plot-tools")) {
    const figure = tools.closest(".plot");
    tools.hidden = false;
    tools.addEventListener("click", async ({ target }) => {
      const kind = target.dataset.save;
      if (kind) save(await FILES[kind](figure), `${figure.id}.${kind}`);
    });
  }
})();
