"use strict";
(() => {
  const list = document.getElementById("rows");
  const rows = [...list.children];
  const get = (id) => document.getElementById(id);
  const filters = ["f-verdict", "f-status", "f-cause", "f-type", "f-category", "f-region"].map(get).filter(Boolean);

  function apply() {
    const words = get("f-text").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = filters.every((f) => !f.value || row.dataset[f.id.slice(2)] === f.value) && words.every((w) => text.includes(w));
      row.hidden = !fits;
      shown += fits;
    }
    get("shown").textContent = `显示 ${shown} / ${rows.length} 题`;
  }

  function sort() {
    const [key, way] = get("f-sort").value.split(":");
    const value = (row) => (key === "place" || key === "id" ? row.dataset[key] : Number(row.dataset[key]));
    const collator = new Intl.Collator("zh", { numeric: true });
    const compare = (a, b) => {
      const [x, y] = [value(a), value(b)];
      const order = typeof x === "string" ? collator.compare(x, y) : x - y || collator.compare(a.dataset.place, b.dataset.place);
      return way === "down" ? -order : order;
    };
    list.append(...rows.slice().sort(compare));
  }

  filters.forEach((f) => f.addEventListener("change", apply));
  get("f-text").addEventListener("input", apply);
  get("f-sort").addEventListener("change", sort);
  get("f-open").addEventListener("click", () => {
    const visible = rows.filter((row) => !row.hidden);
    const open = !visible.every((row) => row.open);
    visible.forEach((row) => { row.open = open; });
  });
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details")].filter((part) => !part.hidden && !part.open);
    opened.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => { opened.forEach((part) => { part.open = false; }); });
  apply();
})();
