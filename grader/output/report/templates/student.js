(() => {
  "use strict";
  const closed = "details:not([open])";

  function reveal(hash) {
    const target = document.getElementById(hash.slice(1));
    let fold = target && target.closest(closed);
    if (!fold) return;
    for (; fold; fold = fold.closest(closed)) fold.open = true;
    target.scrollIntoView();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link) reveal(link.hash);
  });
  addEventListener("hashchange", () => reveal(location.hash));
  reveal(location.hash);

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(closed)];
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
  });
})();
