// The whole organisation on a canvas: a row is a level, a bar is as wide as the group below it.
// It is drawn line by line into pixels, so that its cost is that of the screen, not of the company.
import { firstChild, memberAt, sibling, unpacked } from "./parts/icicle-data.js";
import { colouring, css, inkOn, packedColour, theme } from "./parts/icicle-colours.js";

const LABEL_WIDTH = 58;
const LABELS = 160;
const LEAST_ROW = 6;
const MOST_ROW = 36;

class Icicle {
  constructor(root) {
    this.root = root;
    this.setting = JSON.parse(document.getElementById(root.dataset.teamMap).textContent);
    this.canvas = root.querySelector("canvas");
    this.pen = this.canvas.getContext("2d", { alpha: false });
    this.tip = root.querySelector(".team-map-tip");
    this.said = root.querySelector("[data-map-said]");
    this.names = new Map();
    this.asked = new Set();
    this.pointers = new Map();
    this.chosen = -1;
    this.isWaiting = false;
  }

  async load() {
    const busy = this.root.querySelector(".team-map-busy");
    try {
      const answer = await fetch(this.setting.data, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      this.tree = unpacked(await answer.arrayBuffer());
    } catch {
      busy.textContent = this.setting.words.failed;
      return;
    }
    busy.hidden = true;
    this.showAll();
    this.recolour();
    this.listen();
    this.draw();
    this.canvas.dataset.drawn = String(this.tree.count);
    performance.mark("team-map-drawn");
  }

  // --- what is in sight -----------------------------------------------------------------------

  showAll() {
    this.start = 0;
    this.span = this.tree.count;
    this.top = 0;
  }

  get width() {
    return this.canvas.clientWidth || 1;
  }

  get height() {
    return this.canvas.clientHeight || 1;
  }

  get row() {
    return Math.min(Math.max(this.height / this.tree.levels, LEAST_ROW), MOST_ROW);
  }

  get isWhole() {
    return this.span >= this.tree.count;
  }

  keepInside() {
    const { count, levels } = this.tree;
    this.span = Math.min(Math.max(this.span, Math.min(4, count)), count);
    this.start = Math.min(Math.max(this.start, 0), count - this.span);
    const most = Math.max(levels * this.row - this.height, 0);
    this.top = Math.min(Math.max(this.top, 0), most);
    this.canvas.style.setProperty("touch-action", this.isWhole ? "pan-y" : "none");
  }

  zoom(factor, x = this.width / 2) {
    const place = this.start + (x / this.width) * this.span;
    this.span /= factor;
    this.keepInside();
    this.start = place - (x / this.width) * this.span;
    this.change();
  }

  move(x, y) {
    this.start -= (x / this.width) * this.span;
    this.top -= y;
    this.change();
  }

  change() {
    this.keepInside();
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.draw();
    });
  }

  at(x, y) {
    const place = this.start + (x / this.width) * this.span;
    return memberAt(this.tree, place, Math.floor((y + this.top) / this.row));
  }

  bringIntoSight(i) {
    const { depth, size } = this.tree;
    const end = i + size[i];
    if (i < this.start || i >= this.start + this.span || (size[i] / this.span) * this.width < 6) {
      this.span = Math.min(Math.max(size[i] * 4, Math.min(this.span, size[i] * 200)), this.tree.count);
      this.start = (i + end) / 2 - this.span / 2;
    }
    const y = depth[i] * this.row;
    if (y < this.top) this.top = y;
    if (y + this.row > this.top + this.height) this.top = y + this.row - this.height;
    this.keepInside();
  }

  // --- drawing --------------------------------------------------------------------------------

  recolour() {
    this.tones = theme();
    const kind = this.root.querySelector('input[name="colour"]:checked')?.value || "rank";
    this.colours = colouring(kind, this.tree, this.setting, this.tones);
    this.packed = Uint32Array.from(this.colours.palette, packedColour);
    this.legend();
  }

  draw() {
    const ratio = window.devicePixelRatio || 1;
    const wide = Math.max(Math.round(this.width * ratio), 1);
    const high = Math.max(Math.round(this.height * ratio), 1);
    if (this.canvas.width !== wide || this.canvas.height !== high) {
      this.canvas.width = wide;
      this.canvas.height = high;
    }
    const lines = this.lines(wide);
    const picture = this.pen.createImageData(wide, high);
    const pixels = new Uint32Array(picture.data.buffer);
    const ground = packedColour(this.tones.ground);
    pixels.fill(ground);
    for (let level = 0; level < this.tree.levels; level += 1) {
      const from = Math.round((level * this.row - this.top) * ratio);
      const until = Math.round(((level + 1) * this.row - this.top) * ratio) - (this.row > 9 ? 1 : 0);
      for (let y = Math.max(from, 0); y < Math.min(until, high); y += 1) {
        pixels.set(lines[level], y * wide);
      }
    }
    this.pen.putImageData(picture, 0, 0);
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.outline();
    this.labels();
  }

  // One line of pixels for each level. Where several fall into one pixel the first is drawn.
  lines(wide) {
    const { count, depth, size, parent, levels } = this.tree;
    const { of } = this.colours;
    const ground = packedColour(this.tones.ground);
    const lines = Array.from({ length: levels }, () => new Uint32Array(wide).fill(ground));
    const filled = new Int32Array(levels);
    const scale = wide / this.span;
    const labelled = [];
    const wanted = LABEL_WIDTH * (wide / this.width);
    const put = (i) => {
      const level = depth[i];
      const from = Math.max(Math.round((i - this.start) * scale), filled[level]);
      let until = Math.min(Math.round((i + size[i] - this.start) * scale), wide);
      if (until <= from) {
        if (from >= wide || filled[level] > Math.floor((i - this.start) * scale)) return;
        until = from + 1;
      }
      const gap = until - from > 4 ? 1 : 0;
      lines[level].fill(this.packed[of(i)], from, until - gap);
      filled[level] = until;
      if (until - from >= wanted && labelled.length < 4 * LABELS) labelled.push([until - from, i]);
    };
    const first = Math.max(Math.floor(this.start), 0);
    const above = [];
    for (let i = parent[first]; i >= 0; i = parent[i]) above.push(i);
    for (const i of above.reverse()) put(i);
    const last = Math.min(Math.ceil(this.start + this.span), count);
    for (let i = first; i < last; i += 1) put(i);
    this.labelled = labelled
      .sort((one, other) => other[0] - one[0])
      .slice(0, LABELS)
      .map((each) => each[1]);
    return lines;
  }

  box(i) {
    const scale = this.width / this.span;
    const x = Math.max((i - this.start) * scale, 0);
    const until = Math.min((i + this.tree.size[i] - this.start) * scale, this.width);
    return { x, y: this.tree.depth[i] * this.row - this.top, w: until - x, h: this.row };
  }

  outline() {
    if (this.chosen < 0) return;
    const { x, y, w, h } = this.box(this.chosen);
    if (w < -2) return;
    this.pen.lineWidth = 2;
    this.pen.strokeStyle = css(this.tones.mark);
    this.pen.strokeRect(x + 1, y + 1, Math.max(w - 2, 2), Math.max(h - 3, 2));
  }

  labels() {
    if (this.row < 13) return;
    const size = Math.min(this.row * 0.52, 13);
    this.pen.font = `550 ${size}px Inter, system-ui, sans-serif`;
    this.pen.textBaseline = "middle";
    const missing = [];
    for (const i of this.labelled) {
      const { x, y, w, h } = this.box(i);
      if (y + h < 0 || y > this.height) continue;
      const name = this.names.get(i);
      if (name === undefined) {
        missing.push(i);
        continue;
      }
      this.pen.save();
      this.pen.beginPath();
      this.pen.rect(x, y, w - 5, h);
      this.pen.clip();
      this.pen.fillStyle = inkOn(this.colours.palette[this.colours.of(i)], this.tones);
      this.pen.fillText(this.shortened(name[0], w - 12), x + 6, y + h / 2);
      this.pen.restore();
    }
    this.ask(missing);
  }

  shortened(text, room) {
    if (this.pen.measureText(text).width <= room) return text;
    let end = text.length - 1;
    while (end > 1 && this.pen.measureText(`${text.slice(0, end).trimEnd()}…`).width > room) end -= 1;
    return `${text.slice(0, end).trimEnd()}…`;
  }

  legend() {
    const list = this.root.querySelector(".team-map-legend");
    list.textContent = "";
    const { palette, legend, isScale } = this.colours;
    const parts = isScale ? [[legend[0], palette.slice(0, 1)], [legend[1], palette.slice(1)]] : legend.map((each, k) => [each, [palette[k]]]);
    for (const [text, colours] of parts) {
      const entry = document.createElement("li");
      if (colours.length > 1) entry.className = "is-scale";
      const swatch = document.createElement("canvas");
      swatch.width = colours.length;
      swatch.height = 1;
      const pen = swatch.getContext("2d");
      colours.forEach((each, k) => {
        pen.fillStyle = css(each);
        pen.fillRect(k, 0, 1, 1);
      });
      entry.append(swatch, text);
      list.append(entry);
    }
  }

  // --- who is who -----------------------------------------------------------------------------

  ask(places) {
    const wanted = places.filter((each) => !this.asked.has(each)).slice(0, LABELS);
    if (!wanted.length) return Promise.resolve();
    for (const each of wanted) this.asked.add(each);
    return fetch(`${this.setting.names}?v=${this.setting.version}&at=${wanted.join(",")}`, {
      credentials: "same-origin",
    })
      .then((answer) => {
        if (answer.status === 409) this.renew();
        return answer.ok ? answer.json() : {};
      })
      .then((found) => {
        for (const [place, name] of Object.entries(found)) this.names.set(Number(place), name);
        this.change();
      })
      .catch(() => {
        for (const each of wanted) this.asked.delete(each);
      });
  }

  renew() {
    this.said.textContent = this.setting.words.changed;
    window.location.reload();
  }

  sentence(i) {
    const name = this.names.get(i);
    if (!name) return "";
    const rank = this.setting.ranks[this.tree.rank[i]];
    return [name[0], name[1], rank].filter(Boolean).join(" · ");
  }

  async hover(i) {
    this.hovered = i;
    if (i < 0) {
      this.tip.hidden = true;
      return;
    }
    if (!this.names.has(i)) {
      await new Promise((done) => setTimeout(done, 90));
      if (this.hovered !== i) return;
      await this.ask([i]);
    }
    if (this.hovered !== i || !this.names.has(i)) return;
    this.tip.textContent = this.sentence(i);
    this.tip.hidden = false;
  }

  async choose(i) {
    if (i < 0) return;
    this.chosen = i;
    this.change();
    if (!this.names.has(i)) await this.ask([i]);
    if (this.chosen === i) this.said.textContent = this.sentence(i);
  }

  async card(i) {
    const room = document.querySelector("[data-map-card]");
    const address = this.setting.card.replace(/0\/$/, `${i}/`);
    const answer = await fetch(`${address}?v=${this.setting.version}`, {
      credentials: "same-origin",
      headers: { "HX-Request": "true" },
    });
    if (answer.status === 409) this.renew();
    if (!answer.ok || this.chosen !== i) return;
    room.innerHTML = await answer.text();
    room.scrollIntoView({ block: "nearest", behavior: "auto" });
  }

  // --- what people do -------------------------------------------------------------------------

  listen() {
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(end, (event) => this.up(event));
    }
    this.canvas.addEventListener("pointerleave", () => this.hover(-1));
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.canvas.addEventListener("dblclick", (event) => this.enter(this.at(event.offsetX, event.offsetY)));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    for (const button of this.root.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.press(button.dataset.zoom));
    }
    for (const input of this.root.querySelectorAll('input[name="colour"]')) {
      input.addEventListener("change", () => {
        this.recolour();
        this.draw();
      });
    }
    new ResizeObserver(() => this.change()).observe(this.canvas);
    const repaint = () => {
      this.recolour();
      this.draw();
    };
    new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  }

  press(what) {
    if (what === "all") {
      this.showAll();
      this.change();
    } else this.zoom(what === "in" ? 2 : 0.5);
  }

  enter(i) {
    if (i < 0) return;
    this.start = i;
    this.span = this.tree.size[i];
    this.change();
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    if (this.pointers.size === 1) this.way = 0;
  }

  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") this.hover(this.at(event.offsetX, event.offsetY));
      return;
    }
    const now = [event.offsetX, event.offsetY];
    if (this.pointers.size === 2) this.pinch(event.pointerId, now);
    else if (this.pointers.size === 1) {
      this.way += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
      if (this.way > 4) {
        this.canvas.classList.add("is-dragged");
        this.move(now[0] - before[0], now[1] - before[1]);
      }
    }
    this.pointers.set(event.pointerId, now);
  }

  pinch(id, now) {
    const [other] = [...this.pointers].filter(([each]) => each !== id).map(([, place]) => place);
    const before = this.pointers.get(id);
    const apart = (one, two) => Math.max(Math.abs(one[0] - two[0]), 12);
    this.way = 99;
    this.move((now[0] - before[0]) / 2, 0);
    this.zoom(apart(now, other) / apart(before, other), (now[0] + other[0]) / 2);
  }

  up(event) {
    const isTap = this.pointers.size === 1 && this.way <= 4 && event.type === "pointerup";
    this.pointers.delete(event.pointerId);
    this.canvas.classList.remove("is-dragged");
    if (!isTap) return;
    const i = this.at(event.offsetX, event.offsetY);
    if (i < 0) return;
    this.choose(i);
    this.card(i);
  }

  wheel(event) {
    // With everybody in sight the page goes on scrolling.
    if (this.isWhole && event.deltaY > 0) return;
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.move(-event.deltaX, 0);
    else this.zoom(Math.exp(-event.deltaY * 0.0022), event.offsetX);
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const here = Math.max(this.chosen, 0);
    const acts = {
      ArrowUp: () => this.go(this.tree.parent[here]),
      ArrowDown: () => this.go(firstChild(this.tree, here)),
      ArrowLeft: () => this.go(sibling(this.tree, here, -1)),
      ArrowRight: () => this.go(sibling(this.tree, here, 1)),
      "+": () => this.zoom(2),
      "=": () => this.zoom(2),
      "-": () => this.zoom(0.5),
      0: () => this.press("all"),
      Enter: () => this.chosen >= 0 && this.card(this.chosen),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  go(i) {
    if (this.chosen < 0) this.choose(0);
    else if (i >= 0) {
      this.bringIntoSight(i);
      this.choose(i);
    }
  }
}

document.addEventListener("DOMContentLoaded", () => {
  for (const root of document.querySelectorAll("[data-team-map]")) new Icicle(root).load();
});
