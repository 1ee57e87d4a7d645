"use strict";

const search = document.getElementById("search");
const command = document.getElementById("command");

if (search) {
  const rows = Array.from(document.getElementById("runs").rows, (row) => ({
    row,
    text: (row.textContent + " " + row.title).toLowerCase(),
  }));
  const charts = document.querySelectorAll(".charts");
  const found = document.getElementById("found");

  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = command ? command.value : "";
    let shown = 0;
    for (const { row, text } of rows) {
      const isOfCommand = !chosen || row.dataset.command === chosen;
      row.hidden = !isOfCommand || !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    for (const chart of charts) {
      chart.hidden = chart.dataset.command !== chosen;
    }
    found.textContent = words.length || chosen ? `${shown} of ${rows.length}` : "";
  };

  search.addEventListener("input", show);
  command?.addEventListener("change", show);
  // A browser may restore the text of an earlier search.
  show();
}
