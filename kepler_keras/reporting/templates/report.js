"use strict";

// Tables of class "sortable": a click on a column's head sorts by it, a second one turns it round.
function makeSortable(table) {
  const body = table.tBodies[0];
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    if (cell.dataset.value === undefined) return cell.textContent.trim().toLowerCase();
    return cell.dataset.value === "" ? null : Number(cell.dataset.value);
  };
  for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const descending = head.ariaSort
        ? head.ariaSort === "ascending"
        : head.classList.contains("number");
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [valueOf(a, column), valueOf(b, column)];
        if (x === null || y === null) return (x === null) - (y === null); // undefined comes last
        const order = x < y ? -1 : x > y ? 1 : 0;
        return descending ? -order : order;
      });
      body.append(...rows);
    });
  }
}

// One threshold for all folds, moved by hand.
function makeExplorer(box, entries) {
  const [choice, slider] = [box.querySelector("select"), box.querySelector("input")];
  const rounded = (value) => (value === null ? "undefined" : value.toFixed(3));
  const counted = (value) => (Number.isInteger(value) ? value.toString() : value.toFixed(1));
  const show = () => {
    const entry = entries[choice.selectedIndex];
    const at = (column) => entry[column][slider.value];
    const texts = {
      threshold: at("threshold").toPrecision(3),
      found: `${counted(at("found"))} of ${counted(entry.planets)}`,
      alarms: counted(at("alarms")),
      precision: rounded(at("precision")),
      recall: rounded(at("recall")),
      f1: rounded(at("f1")),
    };
    for (const cell of box.querySelectorAll("[data-field]")) {
      cell.textContent = texts[cell.dataset.field];
    }
    slider.setAttribute(
      "aria-valuetext",
      `${texts.threshold}: ${texts.found} planets found, ${texts.alarms} false alarms`,
    );
  };
  const start = () => {
    const entry = entries[choice.selectedIndex];
    slider.max = entry.threshold.length - 1;
    slider.value = entry.start;
    show();
  };
  choice.append(...entries.map((entry) => new Option(entry.entry)));
  choice.addEventListener("change", start);
  slider.addEventListener("input", show);
  start();
  box.hidden = false;
}

// An address with "#..." opens what is folded away around its target.
function openTarget() {
  let part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
}

document.querySelectorAll("table.sortable").forEach(makeSortable);
const explorer = document.querySelector(".explorer");
const thresholds = document.getElementById("thresholds-data");
if (explorer && thresholds) makeExplorer(explorer, JSON.parse(thresholds.textContent));
window.addEventListener("hashchange", openTarget);
openTarget();
if (matchMedia("(min-width: 80rem)").matches) document.querySelector("nav details").open = true;
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("main details")) part.open = true;
});
