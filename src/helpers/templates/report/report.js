"use strict";
// Draws the figures that lie in the page as JSON, in the colours of the scheme in use. Nothing is requested.
(() => {
  const dark = JSON.parse(document.getElementById("dark").textContent);
  const night = matchMedia("(prefers-color-scheme: dark)");
  const paper = matchMedia("print");
  const PAGE = 650; // px: what A4 leaves between its margins
  const WIDE = 700; // px: from here on maps are drawn as they were laid out
  const NARROW = 480; // px: a phone
  const LOWEST = 380; // px: a map beside the text takes the height of the window, but no less
  const figures = [...document.querySelectorAll("script[data-for]")].map((script) => ({
    plot: document.getElementById(script.dataset.for),
    source: script.textContent,
  }));

  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
  const hex = (rgb) => "#" + rgb.map((part) => (+part).toString(16).padStart(2, "0")).join("");
  const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)).join(",");

  // A light colour's dark partner, with its opacity kept; any other string as it is.
  function darken(text) {
    if (text[0] === "#") return dark[text.toLowerCase()] || text;
    const parts = /^rgba\(\s*(\d+),\s*(\d+),\s*(\d+),\s*([\d.]+)\)$/.exec(text);
    const partner = parts && dark[hex(parts.slice(1, 4))];
    return partner ? `rgba(${channels(partner)},${parts[4]})` : text;
  }

  function config(layout) {
    const still = (layout.xaxis || {}).fixedrange;
    return {
      responsive: false,
      displaylogo: false,
      scrollZoom: false,
      displayModeBar: still ? false : "hover",
      showSendToCloud: false,
      showEditInChartStudio: false,
      plotlyServerURL: "",
      modeBarButtonsToRemove: ["toImage", "select2d", "lasso2d", "autoScale2d", "sendDataToCloud"],
    };
  }

  // What fits a wide page is made to fit a narrow one: bars leave more room for the values beside them, a map gets the
  // height of its land and a smaller legend.
  function fit(figure, width) {
    const { data, layout } = figure,
      axis = layout.xaxis || {},
      span = ([low, high]) => high - low;
    if (axis.fixedrange) {
      if (width > NARROW || axis.visible !== false) return;
      const [low, high] = axis.range,
        room = (low < 0 && high > 0 ? 0.25 : 0.6) * (high - low);
      axis.range = [low < 0 ? low - room : low, high > 0 ? high + room : high];
    } else if (width < WIDE && axis.range && layout.yaxis.range) {
      const entries = data.filter((trace) => trace.showlegend).length;
      layout.height = Math.round((width * span(layout.yaxis.range)) / span(axis.range)) + 24 * entries + 24;
      layout.legend = { ...layout.legend, font: { size: 10 } };
    }
  }

  // A map beside the text is as high as the pane it stands in.
  function room(plot) {
    const pane = plot.closest(".map");
    if (!pane || getComputedStyle(pane.parentElement).display !== "grid") return Infinity;
    return Math.max(LOWEST, pane.clientHeight - (pane.firstElementChild.offsetHeight - plot.offsetHeight) - 4);
  }

  // Labels placed for a wide map would collide on a narrow one: the larger stay, the rest show on zooming in.
  function declutter(plot) {
    const frame = plot.getBoundingClientRect(),
      taken = [];
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const size = (label) => parseFloat(getComputedStyle(label).fontSize);
    const labels = [...plot.querySelectorAll(".textpoint text")].sort((a, b) => size(b) - size(a));
    for (const label of labels) {
      const box = label.getBoundingClientRect();
      const fits = box.left >= frame.left && box.right <= frame.right && !taken.some((other) => meet(box, other));
      label.style.visibility = fits || !plot.crowded ? "" : "hidden";
      if (fits) taken.push(box);
    }
  }

  function draw({ plot, source }) {
    const printing = paper.matches || draw.printing;
    const darkened = (_, value) => (typeof value === "string" ? darken(value) : value);
    const figure = JSON.parse(source, night.matches && !printing ? darkened : undefined);
    const width = printing ? Math.min(PAGE, plot.clientWidth || PAGE) : plot.clientWidth;
    figure.layout.modebar = { bgcolor: "rgba(0,0,0,0)", color: ink("--soft"), activecolor: ink("--accent") };
    const { layout } = figure,
      high = printing ? Infinity : room(plot);
    fit(figure, width);
    if (printing) delete layout.updatemenus; // paper has nothing to press
    plot.crowded = width < WIDE || layout.height > high;
    layout.height = Math.min(layout.height, high);
    plot.style.height = `${layout.height}px`;
    Object.assign(layout, printing ? { autosize: false, width } : { autosize: true });
    return Plotly.react(plot, figure.data, layout, config(layout)).then(() => {
      declutter(plot);
      plot.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
    });
  }

  function start(figure) {
    draw(figure);
    const moved = (change) => Object.keys(change).some((name) => name.startsWith("xaxis"));
    figure.plot.on("plotly_relayout", (change) => moved(change) && declutter(figure.plot));
    addSaving(figure);
  }

  // Buttons that save a figure, in the colours of paper and with its title, whatever the scheme of the screen.
  function addSaving({ plot, source }) {
    const caption = plot.parentElement.querySelector("figcaption"),
      title = caption.textContent;
    for (const format of ["svg", "png"]) {
      const button = Object.assign(document.createElement("button"), {
        type: "button",
        textContent: format.toUpperCase(),
      });
      button.setAttribute("aria-label", `Save “${title}” as ${format.toUpperCase()}`);
      button.onclick = () => {
        const { data, layout } = JSON.parse(source),
          margin = { ...layout.margin, t: 48 };
        const text = title.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
        const figure = { data, layout: { ...layout, margin, title: { text }, paper_bgcolor: "#fff", width: 840 } };
        Plotly.downloadImage(figure, { format, width: 840, height: layout.height, scale: 2, filename: plot.id });
      };
      caption.append(button);
    }
  }

  const redraw = () => figures.forEach(draw);
  const folds = [...document.querySelectorAll("details.why")];
  // One figure a turn, so that the page answers while the later ones are drawn.
  const next = (at) => at < figures.length && (start(figures[at]), setTimeout(next, 0, at + 1));
  next(0);
  let width = innerWidth,
    later;
  addEventListener("resize", () => {
    if (innerWidth === width || draw.printing) return; // a phone's address bar comes and goes
    width = innerWidth;
    clearTimeout(later);
    later = setTimeout(redraw, 150);
  });
  night.addEventListener("change", redraw);
  paper.addEventListener("change", redraw);
  addEventListener(
    "beforeprint",
    () => ((draw.printing = true), folds.forEach((fold) => (fold.open = true)), redraw()),
  );
  addEventListener(
    "afterprint",
    () => ((draw.printing = false), folds.forEach((fold) => (fold.open = false)), redraw()),
  );
})();
