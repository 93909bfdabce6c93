// "Find the fault": a patient, an instrument, and an answer to name, such as a line of the code. What
// an instrument reads was computed when the book was built.
(function (playing) {
  "use strict";

  const FULL = 230; // how wide a full bar is
  const [TOP, BASE] = [34, 216]; // where a full column ends, and where all begin
  const HEALTHY = -1;

  playing.kinds.culprit = function (root, data) {
    const say = playing.speaker(root);
    const find = (name) => root.querySelector(`[data-${name}]`);
    const beside = root.querySelector(".play-beside");
    const names = Object.keys(data.instruments);
    const fresh = () => ({ patient: 0, instrument: names[0], used: {}, named: {} });
    const kept = playing.remembered(root);
    const state = { ...fresh(), ...valid(kept) };

    function valid(given) {
      const good = {};
      if (Number.isInteger(given.patient) && data.patients[given.patient]) good.patient = given.patient;
      if (names.includes(given.instrument)) good.instrument = given.instrument;
      return good;
    }
    const patient = () => data.patients[state.patient];
    const used = () => (state.used[state.patient] ||= new Set([names[0]]));

    function show(first) {
      used().add(state.instrument);
      const read = patient().reads[state.instrument];
      const title = data.instruments[state.instrument];
      for (const button of root.querySelectorAll("[data-patient]")) button.setAttribute("aria-pressed", String(Number(button.dataset.patient) === state.patient));
      for (const button of root.querySelectorAll("[data-instrument]")) button.setAttribute("aria-pressed", String(button.dataset.instrument === state.instrument));
      find("title").textContent = title;
      for (const view of root.querySelectorAll("[data-view]")) {
        const seen = view.dataset.view === "axes" ? !("rows" in read) : view.dataset.view in read;
        view.setAttribute("visibility", seen ? "visible" : "hidden");
      }
      if ("rows" in read) rows(read.rows);
      else {
        find("top").textContent = read.top;
        find("last").textContent = read.last;
        if ("path" in read) find("curve").setAttribute("d", read.path);
        else columns(read.columns);
      }
      root.querySelector("svg").setAttribute("aria-label", `${title} of patient ${patient().name}. ${read.says}`);
      say(`${title}. ${read.says}`, first);
      question();
      lines();
      sheet();
    }

    // A reading may have fewer rows or columns than there is room for.
    function rows(read) {
      for (const bar of root.querySelectorAll("[data-bar]")) {
        const place = bar.dataset.bar;
        const [name, share, text] = read[place] || ["", 0, ""];
        root.querySelector(`[data-name="${place}"]`).textContent = name;
        root.querySelector(`[data-text="${place}"]`).textContent = text;
        root.querySelector(`[data-room="${place}"]`).setAttribute("width", read[place] ? FULL : 0);
        bar.setAttribute("width", (FULL * share).toFixed(1));
      }
    }

    function columns(read) {
      for (const column of root.querySelectorAll("[data-column]")) {
        const [label, share] = read[column.dataset.column] || ["", 0];
        const height = (BASE - TOP) * share;
        column.setAttribute("y", (BASE - height).toFixed(1));
        column.setAttribute("height", height.toFixed(1));
        root.querySelector(`[data-label="${column.dataset.column}"]`).textContent = label;
      }
    }

    const right = (i, named) => (named === HEALTHY ? data.patients[i].lines.length === 0 : data.patients[i].lines.includes(named));

    function question() {
      const place = root.querySelector(".play-ask");
      const named = state.named[state.patient];
      place.replaceChildren();
      if (named === undefined) {
        playing.element("p", {}, `${data.asks} Choose below, or say: ${data.well}.`, place);
        return;
      }
      const many = used().size;
      const told = right(state.patient, named) ? `Right, with ${many} instrument${many > 1 ? "s" : ""}. ${patient().because}` : "Not that one. Which instrument would tell you more?";
      playing.element("p", { class: "play-verdict" }, told, place);
      root.querySelector(".play-unseen").textContent = told;
    }

    // The code is drawn once, so that a button that has the focus keeps it.
    function lines() {
      if (!beside.childElementCount) {
        playing.element("p", { class: "play-group" }, data.asks, beside);
        const list = playing.element("div", { class: "play-lines", role: "group", "aria-label": data.asks }, undefined, beside);
        [...data.code, data.well].forEach((line, i) => {
          const button = playing.element("button", { type: "button", "data-line": i < data.code.length ? i : HEALTHY }, undefined, list);
          playing.element(i < data.code.length && !data.plain ? "code" : "span", {}, line, button);
          button.addEventListener("click", () => {
            state.named[state.patient] = Number(button.dataset.line);
            show(false);
          });
        });
      }
      const named = state.named[state.patient];
      for (const button of beside.querySelectorAll("[data-line]")) {
        const pressed = named === Number(button.dataset.line);
        const good = pressed && right(state.patient, named);
        button.setAttribute("aria-pressed", String(pressed));
        button.classList.toggle("is-wrong", pressed && !good);
        button.querySelector(".play-here")?.remove();
        if (pressed) playing.element("span", { class: "play-here" }, good ? "Right." : "Not that one.", button);
      }
    }

    // What has been read of whom, and who is solved.
    function sheet() {
      const place = beside.querySelector(".play-sheet") || playing.element("div", { class: "play-sheet" }, undefined, beside);
      const verdict = (i) => (state.named[i] === undefined ? "" : right(i, state.named[i]) ? "✓" : "×");
      const read = (i, name) => (state.used[i]?.has(name) ? "read" : "");
      const short = Object.values(data.instruments).map((title) => title.split(" ")[0]);
      const answer = data.plain ? "Answer" : "Line";
      // Many instruments stand below each other, so that the sheet fits a phone.
      if (names.length > 6) {
        const all = data.patients.map((_, i) => i);
        const rows = names.map((name, k) => [short[k], ...all.map((i) => read(i, name))]);
        playing.rows(place, ["", ...data.patients.map((one) => one.name)], [...rows, [answer, ...all.map(verdict)]]);
      } else {
        const rows = data.patients.map((one, i) => [one.name, ...names.map((name) => read(i, name)), verdict(i)]);
        playing.rows(place, ["", ...short, answer], rows);
      }
    }

    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-patient], [data-instrument]");
      if (!button) return;
      if (button.dataset.patient) {
        state.patient = Number(button.dataset.patient);
        state.instrument = names[0];
      } else state.instrument = button.dataset.instrument;
      playing.remember(root, { patient: state.patient, instrument: state.instrument });
      show(false);
    });
    // The lines below must not jump away from the pointer when the words above get longer.
    playing.reserve(root.querySelector(".play-told"), () => data.patients.map((one) => {
      const says = names.map((name) => `${data.instruments[name]}. ${one.reads[name].says}`);
      const longest = says.reduce((a, b) => (b.length > a.length ? b : a));
      return playing.told(longest, `Right, with ${names.length} instruments. ${one.because}`);
    }));
    show(true);
  };
})(window.playing);
