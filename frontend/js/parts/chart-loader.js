// Draws charts when they come near; the library is fetched with the first of them.
let library;

function fetched() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.documentElement.dataset.charts;
    script.onload = () => resolve(window.uplineCharts);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

async function show(figure) {
  const canvas = figure.querySelector(".chart-canvas");
  const chart = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const { draw } = await fetched();
  canvas.hidden = false;
  figure.querySelector(".chart-table").open = false;
  draw(canvas, chart);
}

export function loadCharts(root) {
  const figures = [...root.querySelectorAll("[data-chart]:not([data-chart-seen])")];
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((each) => each.isIntersecting)) {
        observer.unobserve(entry.target);
        show(entry.target).catch((problem) => console.error(problem));
      }
    },
    { rootMargin: "200px" },
  );
  for (const figure of figures) {
    figure.dataset.chartSeen = "";
    observer.observe(figure);
  }
}
