// Links the marked text, the maps and the tables: all know a place by its place_id, a mention by its offset.
// What comes from the article is only ever set as text.
(() => {
  const { tables: packed, words } = JSON.parse(document.getElementById("data").textContent);
  if (!packed) return;
  const unpack = ({ columns, rows }) =>
    rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
  const tables = Object.fromEntries(Object.entries(packed).map(([name, table]) => [name, unpack(table)]));
  const [filters, reader, card, files, status] = ["filters", "reader", "card", "files", "status"].map((id) =>
    document.getElementById(id),
  );
  const maps = [...document.querySelectorAll(".plot[role=group]")];
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const readerScrolls = () => reader && getComputedStyle(reader).overflowY === "auto";

  function make(tag, settings = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(settings))
      name in made ? (made[name] = value) : made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== ""));
    return made;
  }
  const button = (text, onclick, more = {}) => make("button", { type: "button", textContent: text, onclick, ...more });
  const signed = (score) => ["−", "", "+"][1 + Math.sign(score.toFixed(2))] + Math.abs(score).toFixed(2);
  const say = (text) => (status.textContent = text);

  // --- mentions: a row of the table, its mark in the text, the key of its place

  const marks = new Map([...document.querySelectorAll("mark[data-place]")].map((mark) => [mark.id, mark]));
  const mentions = tables.places
    .map((row) => ({ row, key: row.place_id || `name:${row.text}`, mark: marks.get(`m-${row.start}`), shown: true }))
    .filter(({ mark }) => mark);
  const byMark = new Map(mentions.map((mention) => [mention.mark, mention]));
  const same = (key) => mentions.filter((mention) => mention.key === key && mention.shown);
  const tableRows = [...document.querySelectorAll('td a[href^="#m-"]')]
    .map((link) => ({ link, tr: link.closest("tr"), mention: byMark.get(marks.get(link.hash.slice(1))) }))
    .filter(({ mention }) => mention);
  let chosen = null,
    origin = null,
    lit = null;

  // --- lighting a place: in the text, in the tables, on the maps

  function light(key) {
    if (key === lit) return;
    lit = key;
    for (const mention of mentions) mention.mark.classList.toggle("lit", mention.key === key);
    for (const { tr, mention } of tableRows) tr.classList.toggle("lit", mention.key === key);
    cancelAnimationFrame(light.waiting);
    light.waiting = requestAnimationFrame(() => maps.forEach(ring));
  }

  // A trace is one place, an area or a line, by its meta, or many points, each a place by its customdata.
  const placeOf = (trace, point = 0) => (trace.meta || {}).place_id || (trace.customdata || [])[point];

  // A ring around a point, a bold outline around an area or along a line.
  function ring(plot) {
    if (!plot.data) return;
    const line = { color: getComputedStyle(document.body).color, width: 2.5 },
      shapes = [];
    for (const { meta, customdata, x, y, marker } of lit ? plot._fullData : []) {
      // there coordinates are decoded
      if ((meta || {}).place_id === lit) {
        const pen = (i) => (i && !isNaN(x[i - 1] ?? NaN) ? "L" : "M");
        shapes.push({
          type: "path",
          line,
          path: Array.from(x, (at, i) => (isNaN(at ?? NaN) ? "" : `${pen(i)}${at},${y[i]}`)).join(""),
        });
      } else if (customdata) {
        const i = [...customdata].indexOf(lit),
          size = i < 0 ? 0 : (marker.size[i] ?? marker.size) / 2 + 6;
        if (size)
          shapes.push({
            type: "circle",
            line,
            xsizemode: "pixel",
            ysizemode: "pixel",
            xanchor: x[i],
            yanchor: y[i],
            x0: -size,
            x1: size,
            y0: -size,
            y1: size,
          });
      }
    }
    if (shapes.length || (plot.layout.shapes || []).length) Plotly.relayout(plot, { shapes });
  }

  // --- choosing a mention: its card, and its place kept lit

  function choose(mention, from) {
    if (from) origin = from;
    if (chosen) chosen.mark.removeAttribute("aria-current");
    chosen = mention;
    mention.mark.setAttribute("aria-current", "true");
    rove(mention.mark);
    light(mention.key);
    show(mention);
    bring(mention.mark);
  }

  // Scrolls the pane of the text where it has one, else the page.
  function bring(mark) {
    const behavior = still.matches ? "auto" : "smooth";
    if (!readerScrolls()) return mark.scrollIntoView({ block: "center", behavior });
    const top = mark.getBoundingClientRect().top - reader.getBoundingClientRect().top;
    reader.scrollTo({ top: reader.scrollTop + top - reader.clientHeight / 3, behavior });
    const atlas = reader.parentElement,
      { top: up, bottom: down } = atlas.getBoundingClientRect();
    if (up < -80 || down > innerHeight + 80) atlas.scrollIntoView({ block: "nearest", behavior });
  }

  function step(by) {
    const all = same(chosen.key),
      at = all.indexOf(chosen);
    choose(all[(at + by + all.length) % all.length]);
  }

  function release(back) {
    if (!chosen) return;
    const mark = chosen.mark;
    mark.removeAttribute("aria-current");
    chosen = null;
    card.hidden = true;
    (back && origin ? origin : mark).focus({ preventScroll: !back });
    light(null);
    if (back && origin) origin.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
    origin = null;
  }

  function show({ row, key }) {
    const all = same(key),
      at = all.indexOf(chosen);
    const facts = [
      words.roles[row.role],
      row.where_prec == null ? "not located" : `known to: ${words.precision[row.where_prec]}`,
      row.confidence == null
        ? ""
        : `confidence ${row.confidence.toFixed(2)}${row.confidence < words.unsure ? ", uncertain" : ""}`,
      row.sentiment == null ? "" : `tone ${signed(row.sentiment)}`,
      row.corrected ? "corrected by hand" : "",
    ]
      .filter(Boolean)
      .join(" · ");
    const others = (row.alternatives || []).map((other) =>
      make("li", {
        textContent:
          [other.name, other.admin1, other.country].filter(Boolean).join(", ") + ` (${other.confidence.toFixed(2)})`,
      }),
    );
    const why = make(
      "details",
      { className: "why" },
      make("summary", { textContent: "Why, and what else could it be?" }),
      make("p", { textContent: row.reason || "No reason was recorded." }),
      others.length ? make("ul", {}, ...others) : make("p", { textContent: "Nothing else came into question." }),
    );
    const inTable = tableRows.find((entry) => entry.mention.key === key);
    card.replaceChildren(
      make("h3", { textContent: row.name || row.text }),
      make("p", { className: "where", textContent: words.where[row.place_id] || "" }),
      make("p", { textContent: facts }),
      why,
      make(
        "div",
        { className: "steps" },
        button("‹ previous", () => step(-1), { disabled: all.length < 2 }),
        make("span", { textContent: `${at + 1} of ${all.length}` }),
        button("next ›", () => step(1), { disabled: all.length < 2 }),
        inTable
          ? button("row in the table", () => (inTable.link.focus(), inTable.tr.scrollIntoView({ block: "center" })))
          : "",
        origin ? button("back", () => release(true)) : "",
        button("close", () => release(false)),
      ),
    );
    card.hidden = false;
    say(`${row.name || row.text}, mention ${at + 1} of ${all.length}. ${facts}`);
  }

  // --- pointer and keyboard in the text: one stop for Tab, arrows from mention to mention

  function rove(mark) {
    for (const mention of mentions) mention.mark.tabIndex = mention.mark === mark ? 0 : -1;
  }

  for (const mention of mentions) {
    const { mark } = mention;
    mark.setAttribute("role", "button");
    mark.onpointerenter = mark.onfocus = () => mention.shown && light(mention.key);
    mark.onpointerleave = mark.onblur = () => light(chosen && chosen.key);
    mark.onclick = () => mention.shown && (mention === chosen ? release(false) : choose(mention));
    mark.onkeydown = (event) => {
      const all = mentions.filter((other) => other.shown),
        at = all.indexOf(mention);
      const to = {
        ArrowRight: at + 1,
        ArrowDown: at + 1,
        ArrowLeft: at - 1,
        ArrowUp: at - 1,
        Home: 0,
        End: all.length - 1,
      }[event.key];
      if (event.key === "Enter" || event.key === " ") mark.onclick();
      else if (all[to]) (rove(all[to].mark), all[to].mark.focus({ preventScroll: true }), bring(all[to].mark));
      else if (to === undefined) return;
      event.preventDefault();
    };
  }
  if (mentions.length) rove(mentions[0].mark);
  addEventListener("keydown", (event) => event.key === "Escape" && release(true));

  // --- from the tables and the maps to the text

  for (const { link, tr, mention } of tableRows) {
    tr.onpointerenter = () => light(mention.key);
    tr.onpointerleave = () => light(chosen && chosen.key);
    link.onclick = (event) => {
      event.preventDefault();
      choose(same(mention.key)[0] || mention, link);
      mention.mark.focus({ preventScroll: true });
    };
  }

  function listen(plot) {
    const keyOf = ({ points: [point] }) => placeOf(point.data, point.pointNumber);
    plot.on("plotly_hover", (event) => keyOf(event) && light(keyOf(event)));
    plot.on("plotly_unhover", () => light(chosen && chosen.key));
    plot.on("plotly_click", (event) => {
      const all = same(keyOf(event));
      if (all.length) choose(all[(all.indexOf(chosen) + 1) % all.length], plot);
    });
    plot.on("plotly_afterplot", fade);
    plot.tabIndex = -1; // so that "back" can return to it
  }
  document.addEventListener("drawn", ({ target }) => {
    if (!maps.includes(target)) return;
    if (!target.dataset.linked) listen(target);
    target.dataset.linked = "yes";
    if (lit) ring(target);
    fade();
  });

  // --- filters: they act on the marks, the maps and the rows of the tables alike

  const tone = ({ sentiment: score }) =>
    score == null ? "none" : score >= words.neutral ? "positive" : score <= -words.neutral ? "negative" : "neutral";
  const sure = ({ confidence: c }) =>
    c >= 0.8 ? "0.8 and more" : c >= words.unsure ? `${words.unsure} to 0.8` : `below ${words.unsure}`;
  const FILTERS = { sense: (row) => row.role, kind: (row) => row.feature || "unknown", tone, confidence: sure };
  const selects = Object.entries(FILTERS).map(([name, read]) => {
    const values = [...new Set(mentions.map(({ row }) => read(row)))].sort();
    const select = make(
      "select",
      { name, onchange: apply },
      new Option("all", ""),
      ...values.map((value) => new Option(value, value)),
    );
    return { select, read, label: make("label", {}, name, select) };
  });
  const counted = make("output", { className: "counted" });
  const clear = button("show all", () => (filters.reset(), apply()), { disabled: true });

  function apply() {
    for (const mention of mentions) {
      mention.shown = selects.every(({ select, read }) => !select.value || read(mention.row) === select.value);
      mention.mark.classList.toggle("off", !mention.shown);
      mention.mark.setAttribute("aria-disabled", String(!mention.shown));
    }
    const shown = mentions.filter((mention) => mention.shown),
      keys = new Set(shown.map(({ key }) => key));
    for (const { tr, mention } of tableRows) tr.hidden = !keys.has(mention.key);
    if (chosen && !chosen.shown) release(false);
    if (shown.length) rove(shown[0].mark);
    clear.disabled = shown.length === mentions.length;
    counted.textContent = `${shown.length} of ${mentions.length} mentions, ${keys.size} places`;
    say(`Shown: ${counted.textContent}.`);
    fade();
  }

  // A place none of whose mentions is shown fades on the maps. Set in the drawing itself, as to draw a map anew takes a
  // quarter of a second, and in its data, for pictures that are saved and for when it is drawn again.
  const full = new WeakMap();
  function fade() {
    const keys = new Set(mentions.filter(({ shown }) => shown).map(({ key }) => key));
    for (const plot of maps.filter(({ data }) => data)) {
      for (const layer of plot.querySelectorAll(".scatterlayer > .trace")) {
        const { index, meta, customdata } = layer.__data__[0].trace,
          trace = plot.data[index];
        if (!placeOf({ meta, customdata })) continue;
        if (!full.has(trace)) full.set(trace, { whole: trace.opacity ?? 1, points: (trace.marker || {}).opacity ?? 1 });
        const { whole, points } = full.get(trace);
        const strength = (key) => (keys.has(key) ? 1 : 0.12);
        if ((meta || {}).place_id) layer.style.opacity = trace.opacity = whole * strength(meta.place_id);
        else {
          trace.marker.opacity = Array.from(customdata, (key, at) => (points[at] ?? points) * strength(key));
          for (const point of layer.querySelectorAll(".points > path"))
            point.style.opacity = trace.marker.opacity[point.__data__.i];
        }
      }
    }
  }

  if (filters && mentions.length) {
    filters.append(
      make("span", { className: "hint", textContent: "Show mentions by" }),
      ...selects.map(({ label }) => label),
      clear,
      counted,
    );
    filters.onsubmit = (event) => event.preventDefault();
    filters.hidden = false;
    apply();
    say("");
  }

  // --- files to take away; no spreadsheet shall take a text of the article for a formula

  const neutral = (cell) =>
    typeof cell === "string" && /^[=+\-@\t\r\n＝＋－＠]/.test(cell) && !/^[+-]?\d+(\.\d+)?$/.test(cell)
      ? `'${cell}`
      : cell;
  const plain = (cell) => String(cell == null ? "" : typeof cell === "object" ? JSON.stringify(cell) : neutral(cell));
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const toCsv = (rows) =>
    [Object.keys(rows[0] || {}), ...rows.map(Object.values)]
      .map((row) => row.map((cell) => quoted(plain(cell))).join(","))
      .join("\r\n") + "\r\n";
  const toFeature = (row) => ({
    type: "Feature",
    geometry: row.lat == null || row.role === "demonym" ? null : { type: "Point", coordinates: [row.lon, row.lat] },
    properties: row,
  });

  function save(name, type, text) {
    const link = make("a", { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  if (files) {
    const csv = Object.keys(tables).map((name) =>
      button(`${name}.csv`, () => save(`${name}.csv`, "text/csv;charset=utf-8", toCsv(tables[name]))),
    );
    const geojson = () => JSON.stringify({ type: "FeatureCollection", features: tables.places.map(toFeature) });
    csv.splice(
      1,
      0,
      button("places.geojson", () => save("places.geojson", "application/geo+json", geojson())),
    );
    files.append(make("p", { className: "tools" }, ...csv));
  }

  for (const table of document.querySelectorAll("main .scroll > table")) {
    const text = () =>
      [...table.rows]
        .filter((row) => !row.hidden)
        .map((row) => [...row.cells].map((cell) => neutral(cell.textContent.trim().replace(/\s+/g, " "))).join("\t"))
        .join("\n");
    const copy = button("copy table", () =>
      navigator.clipboard.writeText(text()).then(
        () => say("Table copied."),
        () => say("This browser does not let a page copy: select the table and copy it."),
      ),
    );
    table.parentElement.after(make("p", { className: "tools" }, copy));
  }
})();
