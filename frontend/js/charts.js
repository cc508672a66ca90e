// The charts of the screens: only the kinds that they use, in the colours of the theme.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  GridComponent,
  LegendComponent,
  LineChart,
  TooltipComponent,
]);

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axisFormat(chart) {
  // Chromium knows no Kazakh and would write English: Russian writes figures as Kazakh does, but its
  // short words would be read as Russian.
  const isKazakh = chart.language === "kk";
  const format = new Intl.NumberFormat(isKazakh ? "ru" : chart.language, {
    notation: isKazakh ? "standard" : "compact",
    maximumFractionDigits: 1,
  });
  return (value) => format.format(value);
}

function series(chart, each, place) {
  const isLine = chart.kind === "line";
  return {
    name: each.name,
    type: isLine ? "line" : "bar",
    stack: chart.kind === "stacked" ? "all" : undefined,
    data: each.values.map((value) => (value === null ? null : Number(value))),
    color: token(`--series-${(place % 6) + 1}`),
    barMaxWidth: 34,
    itemStyle: isLine || chart.kind === "stacked" ? undefined : { borderRadius: [4, 4, 0, 0] },
    symbolSize: 7,
    lineStyle: { width: 2.5 },
    emphasis: { focus: chart.series.length > 1 ? "series" : "none" },
  };
}

// So many labels are all shown, each in its share of the width, broken into lines where need be.
const ALL_LABELS = 13;
const AXIS_WIDTH = 64;

function periodLabels(chart, width) {
  if (chart.labels.length > ALL_LABELS) return { hideOverlap: true };
  const room = Math.floor((width - AXIS_WIDTH) / chart.labels.length);
  return {
    interval: 0,
    width: room - 4,
    overflow: "break",
    // A line may end where a sentence may not.
    formatter: (label) => label.replaceAll("\u00a0", " "),
  };
}

function options(chart, width) {
  const words = { color: token("--muted"), fontFamily: "Inter, sans-serif", fontSize: 12 };
  return {
    animation: false,
    aria: { enabled: false },
    textStyle: { fontFamily: "Inter, sans-serif" },
    grid: {
      left: 4,
      right: 8,
      top: 12,
      bottom: chart.series.length > 1 ? 36 : 4,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    legend: {
      show: chart.series.length > 1,
      bottom: 0,
      type: "scroll",
      icon: "roundRect",
      itemWidth: 10,
      itemHeight: 10,
      textStyle: { ...words, color: token("--color-base-content") },
      pageTextStyle: words,
      pageIconColor: token("--muted"),
    },
    tooltip: {
      trigger: "axis",
      // Rich text is drawn on the canvas: the other kind writes style attributes, which the policy
      // of the page refuses.
      renderMode: "richText",
      confine: true,
      backgroundColor: token("--color-neutral"),
      borderWidth: 0,
      padding: [9, 12],
      textStyle: { color: token("--color-neutral-content"), fontFamily: "Inter, sans-serif", fontSize: 13 },
      axisPointer: { type: "line", lineStyle: { color: token("--color-base-300") } },
      formatter: (points) => {
        const place = points[0].dataIndex;
        const lines = points.map((point) => {
          const each = chart.series[point.seriesIndex];
          return chart.series.length > 1 ? `${each.name}: ${each.texts[place]}` : each.texts[place];
        });
        return [chart.labels[place], ...lines].join("\n");
      },
    },
    xAxis: {
      type: "category",
      data: chart.labels,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: token("--color-base-300") } },
      axisLabel: { ...words, ...periodLabels(chart, width) },
    },
    yAxis: {
      type: "value",
      splitNumber: 4,
      splitLine: { lineStyle: { color: token("--rule") } },
      axisLabel: { ...words, formatter: axisFormat(chart) },
    },
    series: chart.series.map((each, place) => series(chart, each, place)),
  };
}

export function draw(element, chart) {
  const drawn = init(element, null, { renderer: "canvas" });
  const redraw = () => drawn.setOption(options(chart, element.clientWidth), { notMerge: true });
  redraw();
  let width = element.clientWidth;
  new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    drawn.resize();
    redraw();
  }).observe(element);
  document.addEventListener("upline:theme", redraw);
}

window.uplineCharts = { draw };
