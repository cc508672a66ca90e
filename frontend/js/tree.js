// The team as a tree that opens in place, by pointer and by the keys that a tree has
// (WAI-ARIA: arrows, Home, End, Enter). Without it the same links open a page for each member.

function openBranch(node) {
  node.classList.add("is-open");
  node.classList.remove("is-closed");
  node.setAttribute("aria-expanded", "true");
}

function closeBranch(node) {
  node.classList.add("is-closed");
  node.classList.remove("is-open");
  node.setAttribute("aria-expanded", "false");
}

// A list of links becomes a tree only where this runs: its keys would be missing otherwise.
function prepare(root, within) {
  for (const group of within.querySelectorAll(".tree-group")) group.setAttribute("role", "group");
  for (const node of within.querySelectorAll(".tree-node")) {
    if (node.hasAttribute("role")) continue;
    node.setAttribute("role", "treeitem");
    node.tabIndex = -1;
    node.setAttribute("aria-label", labelOf(node));
    for (const link of node.querySelectorAll(":scope > .tree-row a")) link.tabIndex = -1;
    if (node.querySelector(":scope > .tree-group")) openBranch(node);
    else if (node.querySelector(":scope > .tree-row .tree-toggle")) {
      node.setAttribute("aria-expanded", "false");
    }
  }
  for (const more of within.querySelectorAll(".tree-more")) {
    if (more.hasAttribute("role")) continue;
    more.setAttribute("role", "treeitem");
    more.tabIndex = -1;
    more.querySelector("a").tabIndex = -1;
  }
  if (!root.querySelector('[role="treeitem"][tabindex="0"]')) {
    const first = root.querySelector("[data-wanted]") || root.querySelector('[role="treeitem"]');
    if (first) first.tabIndex = 0;
  }
}

function labelOf(node) {
  return node.querySelector(":scope > .tree-row .tree-body").textContent.replace(/\s+/g, " ").trim();
}

async function fetched(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  return holder.content;
}

async function toggle(root, node) {
  const link = node.querySelector(":scope > .tree-row .tree-toggle");
  if (!link || link.getAttribute("aria-busy")) return;
  if (node.querySelector(":scope > .tree-group")) {
    if (node.classList.contains("is-closed")) openBranch(node);
    else closeBranch(node);
    return;
  }
  if (!link.dataset.branch) {
    window.location.assign(link.href);
    return;
  }
  link.setAttribute("aria-busy", "true");
  try {
    node.append(await fetched(link.dataset.branch));
    openBranch(node);
    prepare(root, node);
  } catch {
    // The page of this member says what is wrong.
    window.location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
}

async function showMore(root, item) {
  const link = item.querySelector("a");
  try {
    const found = await fetched(link.dataset.more);
    const added = [...found.children];
    // Those before the ones shown bring a link to those after them, which are here already.
    const isBefore = link.dataset.more.includes("before=1");
    const kept = added.filter((each, place) => !(isBefore && place > 0 && each.matches(".tree-more")));
    const group = item.parentElement;
    item.replaceWith(...kept);
    prepare(root, group);
    const focus = kept.find((each) => each.matches(".tree-node"));
    if (focus) moveTo(root, focus);
  } catch {
    window.location.assign(link.href);
  }
}

function moveTo(root, item) {
  for (const each of root.querySelectorAll('[role="treeitem"][tabindex="0"]')) each.tabIndex = -1;
  item.tabIndex = 0;
  item.focus({ preventScroll: true });
  (item.querySelector(":scope > .tree-row") || item).scrollIntoView({ block: "nearest" });
}

function inSight(root) {
  return [...root.querySelectorAll('[role="treeitem"]')].filter(
    (each) => !each.parentElement.closest(".tree-node.is-closed"),
  );
}

function onKey(root, event) {
  const item = event.target.closest('[role="treeitem"]');
  if (!item || event.target !== item || event.altKey || event.ctrlKey || event.metaKey) return;
  const items = inSight(root);
  const at = items.indexOf(item);
  const above = item.parentElement.closest('[role="treeitem"]');
  const isOpen = item.getAttribute("aria-expanded") === "true";
  const acts = {
    ArrowDown: () => items[at + 1] && moveTo(root, items[at + 1]),
    ArrowUp: () => items[at - 1] && moveTo(root, items[at - 1]),
    Home: () => moveTo(root, items[0]),
    End: () => moveTo(root, items[items.length - 1]),
    ArrowRight: () => {
      if (isOpen) moveTo(root, items[at + 1]);
      else if (item.hasAttribute("aria-expanded")) toggle(root, item);
    },
    ArrowLeft: () => (isOpen ? closeBranch(item) : above && moveTo(root, above)),
    Enter: () => {
      if (item.matches(".tree-more")) showMore(root, item);
      else window.location.assign(item.querySelector(":scope > .tree-row .tree-name").href);
    },
    " ": () => (item.matches(".tree-more") ? showMore(root, item) : toggle(root, item)),
  };
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function start(root) {
  root.setAttribute("role", "tree");
  prepare(root, root);
  root.addEventListener("keydown", (event) => onKey(root, event));
  root.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const toggler = event.target.closest(".tree-toggle");
    const more = event.target.closest(".tree-more a");
    if (!toggler && !more) return;
    event.preventDefault();
    if (toggler) toggle(root, toggler.closest(".tree-node"));
    else showMore(root, more.closest(".tree-more"));
  });
  root.querySelector("[data-wanted]")?.scrollIntoView({ block: "center" });
}

document.addEventListener("DOMContentLoaded", () => {
  for (const root of document.querySelectorAll("[data-tree]")) start(root);
});
