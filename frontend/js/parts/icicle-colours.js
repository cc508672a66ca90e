// Colours of the map, taken from the tokens of the theme: one tone from faint to strong, so that
// more is always darker on light and lighter on dark, whoever sees which colours.
import { ACTIVE, NO_RANK } from "./icicle-data.js";

const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

function rgb(value) {
  probe.fillStyle = "#000";
  probe.fillStyle = value;
  probe.fillRect(0, 0, 1, 1);
  return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

export function theme() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => rgb(style.getPropertyValue(name).trim() || "#888");
  return {
    ground: token("--color-base-200"),
    none: token("--color-base-300"),
    faint: mix(token("--color-base-300"), token("--color-primary"), 0.28),
    strong: token("--color-primary"),
    strongest: mix(token("--color-primary"), token("--color-base-content"), 0.62),
    mark: token("--color-warning"),
    series: [1, 2, 3, 4, 5, 6].map((each) => token(`--series-${each}`)),
    ink: token("--color-base-content"),
    paper: token("--color-base-100"),
  };
}

function mix(one, other, share) {
  return one.map((each, k) => Math.round(each + (other[k] - each) * share));
}

function scale(tones, share) {
  return share < 0.7
    ? mix(tones.faint, tones.strong, share / 0.7)
    : mix(tones.strong, tones.strongest, (share - 0.7) / 0.3);
}

// A palette and which colour of it each member has, with words for the legend.
export function colouring(kind, tree, setting, tones) {
  if (kind === "rank") return byRank(tree, setting, tones);
  if (kind === "active") {
    return {
      palette: [tones.none, tones.strong],
      of: (i) => (tree.flags[i] & ACTIVE ? 1 : 0),
      legend: [setting.words.notActive, setting.words.active],
    };
  }
  if (kind === "status") {
    const palette = [tones.strong, tones.series[2], tones.none, tones.series[1]];
    return { palette, of: (i) => tree.flags[i] & 7, legend: setting.statuses };
  }
  const shades = tree.shades[Number(kind.slice("volume".length))];
  const palette = Array.from({ length: 255 }, (_, k) => (k ? scale(tones, k / 254) : tones.none));
  return {
    palette,
    of: (i) => shades[i],
    legend: [setting.words.none, setting.words.most],
    isScale: true,
  };
}

function byRank(tree, setting, tones) {
  const most = Math.max(setting.ranks.length - 1, 1);
  const palette = [tones.none, ...setting.ranks.map((_, k) => scale(tones, k / most))];
  return {
    palette,
    of: (i) => (tree.rank[i] === NO_RANK ? 0 : tree.rank[i] + 1),
    legend: [setting.words.noRank, ...setting.ranks],
  };
}

export function packedColour([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export function css([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`;
}

export function inkOn(colour, tones) {
  const lightness = (each) => 0.299 * each[0] + 0.587 * each[1] + 0.114 * each[2];
  const isLight = lightness(colour) > 140;
  const darker = lightness(tones.ink) < lightness(tones.paper) ? tones.ink : tones.paper;
  const lighter = darker === tones.ink ? tones.paper : tones.ink;
  return css(isLight ? darker : lighter);
}
