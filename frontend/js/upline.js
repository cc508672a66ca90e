// What every page runs. A page is complete without it; this makes it quicker to use.
import Alpine from "@alpinejs/csp";
import { loadCharts } from "./parts/chart-loader.js";
import { closeMenus, openDialogs } from "./parts/opening.js";
import { chooseThemes } from "./parts/theme.js";
import { dismissToasts } from "./parts/toasts.js";

function configureHtmx() {
  const htmx = window.htmx;
  if (!htmx) return;
  // Nothing that the policy of the page forbids: no evaluation, no style element of its own.
  htmx.config.allowEval = false;
  htmx.config.includeIndicatorStyles = false;
  htmx.config.historyCacheSize = 0;
  htmx.config.refreshOnHistoryMiss = true;
}

function everyPart(root) {
  loadCharts(root);
}

configureHtmx();
document.addEventListener("DOMContentLoaded", () => {
  closeMenus();
  openDialogs();
  chooseThemes();
  dismissToasts();
  everyPart(document);
  window.Alpine = Alpine;
  Alpine.start();
});
document.addEventListener("htmx:load", (event) => everyPart(event.detail.elt));
