/* window.livePython: the page's one Python session, for every script of the page that needs it.

   start(onProgress, packages)        load Python, and with it packages that will be needed; again: the same promise
   runCells(sources, target, onShow, options)
                                      run a cell of the page, after those above it that have to; options: packages,
                                      and the numbers of cells: mayFail, that are meant to raise an error; aside,
                                      that run for another cell only if it needs them
   run(code, options, onShow)         run other code; options: name, space, variables, packages
   stop()                             end it; whatever comes next starts anew
   begun, running                     whether it has begun, and whether it runs something
   addEventListener("stopped", ...)   what Python held is gone
   ticking(say)                       a function that says a text, and from then on with it the seconds
                                      that have passed; called without a text it is silent again
   progress(message)                  what a message of the kind "progress" says, in words

   onShow gets what the code shows: objects with a kind, as browser/kernel.py lists them; and one of the kind "again"
   where Python starts anew, since a cell has changed what cannot be put back. */
(() => {
  "use strict";
  const script = document.currentScript;
  const home = new URL(".", script.src);
  const stamp = new URL(script.src).searchParams.get("v") || "";
  const listed = document.getElementById("live-cells");
  const page = listed ? JSON.parse(listed.textContent).name : "";
  const calls = new Map();
  let worker = null;
  let started = null;
  let last = 0;

  const FROM_FILE =
    "Python cannot start on a page that was opened as a file, because browsers do not allow it. " +
    "In the folder of the site run “python -m http.server” and open http://localhost:8000.";

  const NO_WORKER =
    "This browser cannot start Python: it has no web workers, or they are switched off.";
  const FORBIDDEN =
    "The page’s host forbids Python to start (Content-Security-Policy). The README of sphinx-live-cells names a policy with which it starts.";

  /* A host's policy may forbid the worker itself; the worker tells of all later prohibitions. */
  let forbidden = false;
  document.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
    forbidden ||= /worker|script|child|default/.test(effectiveDirective) && /live-worker/.test(blockedURI);
  });

  function receive({ data }) {
    const call = calls.get(data.id);
    if (!call) return;
    if (data.kind === "failed") {
      end(new Error(data.message));
    } else if (data.kind === "done") {
      calls.delete(data.id);
      call.resolve(data);
    } else {
      call.onShow(data);
    }
  }

  /* Whatever waits is told why it will not come. Python itself has no way back from such an end. */
  function end(error) {
    worker?.terminate();
    worker = started = null;
    const waiting = [...calls.values()];
    calls.clear();
    for (const call of waiting) call.reject(error);
    window.livePython.dispatchEvent(new Event("stopped"));
  }

  function ask(action, content, onShow = () => {}) {
    return new Promise((resolve, reject) => {
      const id = ++last;
      calls.set(id, { resolve, reject, onShow });
      worker.postMessage({ id, action, ...content });
    });
  }

  class LivePython extends EventTarget {
    get begun() {
      return started !== null;
    }

    get running() {
      return calls.size > 0;
    }

    start(onProgress = () => {}, packages = []) {
      if (started) return started;
      if (location.protocol === "file:") return Promise.reject(new Error(FROM_FILE));
      if (typeof Worker === "undefined") return Promise.reject(new Error(NO_WORKER));
      try {
        worker = new Worker(new URL(`live-worker.js?v=${stamp}`, home));
      } catch (error) {
        return Promise.reject(new Error(`This browser does not start Python: ${error.message}`));
      }
      worker.onmessage = receive;
      // The browser may tell of its policy just after the error.
      worker.onerror = (event) =>
        setTimeout(() => {
          const lost = "live-worker.js, the script that loads Python, could not be loaded from the page’s host.";
          end(new Error(event.message || (forbidden ? FORBIDDEN : lost)));
        }, 50);
      started = ask("start", { stamp, page, packages }, onProgress);
      return started;
    }

    async runCells(sources, target, onShow, { packages = [], mayFail = [], aside = [] } = {}) {
      await this.start(onShow, packages);
      const asked = { sources, target, mayFail, aside };
      let result = await ask("cells", asked, onShow);
      if (result.again) {
        // A cell has changed what cannot be put back, such as a function of NumPy.
        this.stop();
        onShow({ kind: "again" });
        await this.start(onShow, packages);
        result = await ask("cells", asked, onShow);
      }
      return result.succeeded;
    }

    async run(code, options = {}, onShow = () => {}) {
      await this.start(onShow, options.packages || []);
      return (await ask("run", { code, options }, onShow)).succeeded;
    }

    progress({ loaded, total, step }) {
      const [done, all] = [loaded, total].map((bytes) => (bytes / 1e6).toFixed(0));
      return loaded < total ? `Loading Python: ${done} of ${all} MB` : step || "Starting Python";
    }

    ticking(say) {
      let began = null;
      let timer = null;
      return (text) => {
        clearInterval(timer);
        began = text ? (began ?? performance.now()) : null;
        if (!text) return;
        const tell = () => {
          const seconds = Math.floor((performance.now() - began) / 1000);
          say(seconds ? `${text}, ${seconds} s` : text);
        };
        tell();
        timer = setInterval(tell, 1000);
      };
    }

    stop() {
      end(Object.assign(new Error("Stopped."), { stopped: true }));
    }
  }

  window.livePython = new LivePython();
})();
