// "Find the fault": a patient, an instrument, and a line of the code to name. What an instrument
// reads was computed when the book was built.
(function (playing) {
  "use strict";

  const FULL = 230; // how wide a full bar is
  const HEALTHY = -1;

  playing.kinds.culprit = function (root, data) {
    const say = playing.speaker(root);
    const find = (name) => root.querySelector(`[data-${name}]`);
    const beside = root.querySelector(".play-beside");
    const names = Object.keys(data.instruments);
    const fresh = () => ({ patient: 0, instrument: "loss", used: {}, named: {} });
    const kept = playing.remembered(root);
    const state = { ...fresh(), ...valid(kept) };

    function valid(given) {
      const good = {};
      if (Number.isInteger(given.patient) && data.patients[given.patient]) good.patient = given.patient;
      if (names.includes(given.instrument)) good.instrument = given.instrument;
      return good;
    }
    const patient = () => data.patients[state.patient];
    const used = () => (state.used[state.patient] ||= new Set(["loss"]));

    function show(first) {
      used().add(state.instrument);
      const read = patient().reads[state.instrument];
      const title = data.instruments[state.instrument];
      for (const button of root.querySelectorAll("[data-patient]")) button.setAttribute("aria-pressed", String(Number(button.dataset.patient) === state.patient));
      for (const button of root.querySelectorAll("[data-instrument]")) button.setAttribute("aria-pressed", String(button.dataset.instrument === state.instrument));
      find("title").textContent = title;
      const curve = "path" in read;
      root.querySelector('[data-view="curve"]').setAttribute("visibility", curve ? "visible" : "hidden");
      root.querySelector('[data-view="rows"]').setAttribute("visibility", curve ? "hidden" : "visible");
      if (curve) {
        find("curve").setAttribute("d", read.path);
        find("top").textContent = data.tops[state.instrument];
      } else {
        read.rows.forEach(([name, bar, text], place) => {
          root.querySelector(`[data-name="${place}"]`).textContent = name;
          root.querySelector(`[data-bar="${place}"]`).setAttribute("width", (FULL * bar).toFixed(1));
          root.querySelector(`[data-text="${place}"]`).textContent = text;
        });
      }
      root.querySelector("svg").setAttribute("aria-label", `${title} of patient ${patient().name}. ${read.says}`);
      say(`${title}. ${read.says}`, first);
      question();
      lines();
      sheet();
    }
    const right = (i, named) => (named === HEALTHY ? data.patients[i].lines.length === 0 : data.patients[i].lines.includes(named));

    function question() {
      const place = root.querySelector(".play-ask");
      const named = state.named[state.patient];
      place.replaceChildren();
      if (named === undefined) {
        playing.element("p", {}, "Which line is at fault? Choose it below, or say that all is well.", place);
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
        playing.element("p", { class: "play-group" }, "Which line is at fault?", beside);
        const list = playing.element("div", { class: "play-lines", role: "group", "aria-label": "Lines of the code" }, undefined, beside);
        [...data.code, "all is well"].forEach((line, i) => {
          const button = playing.element("button", { type: "button", "data-line": i < data.code.length ? i : HEALTHY }, undefined, list);
          playing.element(i < data.code.length ? "code" : "span", {}, line, button);
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
      const rows = data.patients.map((one, i) => {
        const named = state.named[i];
        const verdict = named === undefined ? "" : right(i, named) ? "✓" : "×";
        return [one.name, ...names.map((name) => (state.used[i]?.has(name) ? "read" : "")), verdict];
      });
      playing.rows(place, ["", ...Object.values(data.instruments).map((title) => title.split(" ")[0]), "Line"], rows);
    }

    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-patient], [data-instrument]");
      if (!button) return;
      if (button.dataset.patient) {
        state.patient = Number(button.dataset.patient);
        state.instrument = "loss";
      } else state.instrument = button.dataset.instrument;
      playing.remember(root, { patient: state.patient, instrument: state.instrument });
      show(false);
    });
    // The lines below must not jump away from the pointer when the words above get longer.
    playing.reserve(root.querySelector(".play-told"), () => data.patients.map((one) => {
      const says = names.map((name) => `${data.instruments[name]}. ${one.reads[name].says}`);
      const longest = says.reduce((a, b) => (b.length > a.length ? b : a));
      return playing.told(longest, `Right, with 5 instruments. ${one.because}`);
    }));
    show(true);
  };
})(window.playing);
