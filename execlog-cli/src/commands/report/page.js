"use strict";

const search = document.getElementById("search");

if (search) {
  const rows = Array.from(document.getElementById("runs").rows, (row) => ({
    row,
    text: (row.textContent + " " + row.title).toLowerCase(),
  }));
  const found = document.getElementById("found");

  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    found.textContent = words.length ? `${shown} of ${rows.length}` : "";
  };

  search.addEventListener("input", show);
  // A browser may restore the text of an earlier search.
  show();
}
