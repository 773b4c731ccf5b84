(() => {
  "use strict";
  const table = document.getElementById("class");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const find = document.getElementById("find");
  const state = document.getElementById("state");
  const words = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  const value = (row, column) => row.cells[column].dataset.value;

  function compare(a, b, column, down) {
    const [x, y] = [value(a, column), value(b, column)];
    if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
    return (column === 0 ? words.compare(x, y) : x - y) * (down ? -1 : 1);
  }

  function sort(column) {
    const before = heads[column].getAttribute("aria-sort");
    const down = before ? before === "ascending" : column !== 0;
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows.sort((a, b) => compare(a, b, column, down)));
  }

  function filter() {
    const wanted = find.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const fits = value(row, 0).toLowerCase().includes(wanted)
        && (!state.value || row.dataset.states.split(" ").includes(state.value));
      row.hidden = !fits;
      shown += fits;
    }
    document.getElementById("count").textContent = `${shown} of ${rows.length}`;
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(column));
    head.replaceChildren(button);
  });
  const form = document.getElementById("filter");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  form.hidden = false;
  filter();
})();
