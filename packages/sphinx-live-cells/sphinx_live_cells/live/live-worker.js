/* Python in a worker: loads Pyodide and the book's own code, verified, and runs what the page asks for.
   What Python does on its side is browser/startup.py.

   Every file is fetched with its SHA-256 from live.json, so the browser itself refuses a file that
   is not the expected one. */
"use strict";

const home = new URL(".", self.location.href);
const plainFetch = self.fetch.bind(self);
let settings, python, begun, kernel, current;
let loaded = 0;

const say = (id, kind, content = {}) => self.postMessage({ id, kind, ...content });

class LoadError extends Error {}

const NO_WEBASSEMBLY =
  "This browser has no WebAssembly, or it is switched off. Python needs it here.";
const FORBIDDEN = (what) =>
  `The page’s host forbids ${what} (Content-Security-Policy). The README of sphinx-live-cells names a policy with which Python starts.`;

/* What the host's policy has forbidden last. The browser tells of it apart from the error that follows. */
let forbidden = null;
self.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
  if (/wasm|eval/.test(blockedURI)) forbidden = "WebAssembly";
  else if (/connect/.test(effectiveDirective)) forbidden = `a connection to ${new URL(blockedURI, home).host}`;
  else forbidden = "the scripts of Python";
});

/* The cause of an error: a policy if it has just forbidden something, else what the error says. */
async function cause(error) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const policy = forbidden || (/wasm-unsafe-eval|unsafe-eval|Content Security Policy/i.test(error.message) && "WebAssembly");
  if (policy) return FORBIDDEN(policy);
  if (error instanceof LoadError) return error.message;
  return `Python could not start: ${error.message}`;
}

/* The files of the table by name: promises of their content, which begin to load when first asked for. */
const contents = new Map();
let total = 0;

function content(name) {
  if (!contents.has(name)) {
    total += settings.files[name].size;
    const promise = read(name);
    promise.catch(() => contents.delete(name));
    contents.set(name, promise);
  }
  return contents.get(name);
}

async function read(name) {
  const { integrity, size } = settings.files[name];
  const address = new URL(name, name === settings.bundle ? home : settings.pyodide);
  try {
    const response = await plainFetch(address, { integrity, credentials: "omit" });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const bytes = await response.arrayBuffer();
    loaded += size;
    tell();
    return bytes;
  } catch (error) {
    throw new LoadError(
      `${name} could not be loaded from ${address.host} (${error.message}). Either there is no ` +
        "connection, or it is not the file that this book was built with."
    );
  }
}

/* What is being done, while it loads and starts. */
let step = "Starting Python";
function tell(next = step) {
  step = next;
  say(current, "progress", { loaded, total, step });
}

/* What Pyodide fetches is found in the table, wherever it looks for it. */
async function verifiedFetch(request, options) {
  const { pathname } = new URL(request.url || request, home);
  const name = pathname.split("/").pop();
  if (!settings.files[name]) return plainFetch(request, options);
  const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
  return new Response(await content(name), { headers: { "Content-Type": type } });
}

async function runScript(name) {
  const address = URL.createObjectURL(new Blob([await content(name)], { type: "text/javascript" }));
  self.importScripts(address);
  URL.revokeObjectURL(address);
}

async function loadPackage(name) {
  await Promise.all(settings.packages[name].map(content));
  await python.loadPackage([name], { messageCallback: () => {} });
  if (!python.loadedPackages[name]) throw new LoadError(`${name} could not be loaded.`);
  settings.packages[name].forEach((file) => contents.delete(file));
}

async function start(stamp, page, packages) {
  if (typeof WebAssembly === "undefined") throw new LoadError(NO_WEBASSEMBLY);
  // The smallest module there is. Where a policy forbids it, Pyodide itself would wait for ever.
  new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  let response;
  try {
    response = await plainFetch(new URL(`live.json?v=${stamp}`, home));
    if (!response.ok) throw new Error(`status ${response.status}`);
  } catch (error) {
    throw new LoadError(`live.json could not be loaded from ${home.host} (${error.message}). Is there a connection?`);
  }
  settings = await response.json();
  settings.pyodide = new URL(settings.pyodide, home).href;
  self.fetch = verifiedFetch;
  const known = packages.filter((name) => settings.packages[name]);
  const early = [...settings.first, ...known].flatMap((name) => settings.packages[name]);
  await Promise.all([...settings.core, ...early, settings.bundle].map(content));
  await runScript("pyodide.js");
  await runScript("pyodide.asm.js");
  python = await self.loadPyodide({
    indexURL: settings.pyodide,
    env: { HOME: "/home/pyodide", PYTHONDONTWRITEBYTECODE: "1" },
  });
  python.FS.mkdirTree(settings.root);
  const unpack = (packed) => python.unpackArchive(packed, "zip", { extractDir: settings.root });
  const modules = `${settings.root}/${settings.modules}`;
  unpack(await content(settings.bundle));
  unpack(python.FS.readFile(modules));
  python.FS.unlink(modules);
  await loadPackages(settings.first);
  tell("Starting the book’s own code");
  python.pyimport("sys").path.insert(0, settings.root);
  begun = python.pyimport("sphinx_live_cells.browser.startup");
  python.page = begun.Python(settings.root, page, (message) => say(current, message.kind, message));
  kernel = python.page.kernel;
  for (const name of [...settings.core, settings.bundle]) contents.delete(name);
}

const TITLES = { numpy: "NumPy", matplotlib: "Matplotlib" };

async function loadPackages(names) {
  for (const name of names) {
    if (python.loadedPackages[name]) continue;
    tell(`Starting ${TITLES[name] || name}`);
    await loadPackage(name);
  }
}

async function loadFor(codes) {
  const list = python.toPy(codes);
  const names = python.page.wanted(list);
  await loadPackages(names.toJs());
  names.destroy();
  list.destroy();
}

/* An array comes as {data, shape}; everything else as it is. */
async function toPython(variables) {
  const names = python.toPy({});
  for (const [name, value] of Object.entries(variables || {})) {
    if (value && value.data && value.shape) {
      await loadPackages(["numpy"]);
      names.set(name, begun.array(python.toPy(value.data), python.toPy(value.shape)));
    } else {
      names.set(name, python.toPy(value));
    }
  }
  return names;
}

const handle = {
  async start({ stamp, page, packages }) {
    try {
      if (!kernel) await start(stamp, page, packages);
    } catch (error) {
      throw new LoadError(await cause(error));
    }
    return {};
  },
  async cells({ sources, target, mayFail, aside }) {
    const list = python.toPy(sources);
    const besides = python.toPy(aside);
    const order = kernel.plan.callKwargs(list, target, { aside: besides });
    if (!order) return { again: true };
    await loadFor(order.toJs().map((number) => sources[number]));
    order.destroy();
    const how = { may_fail: python.toPy(mayFail), aside: besides };
    return { succeeded: kernel.run_cells.callKwargs(list, target, how) };
  },
  async run({ code, options }) {
    await loadFor([code]);
    const succeeded = kernel.run.callKwargs(code, {
      name: options.name || "code",
      space: options.space || "page",
      variables: await toPython(options.variables),
    });
    return { succeeded };
  },
};

let queue = Promise.resolve();
self.onmessage = ({ data }) => {
  queue = queue.then(async () => {
    current = data.id;
    try {
      say(data.id, "done", await handle[data.action](data));
    } catch (error) {
      say(data.id, "failed", { message: error.message });
    }
  });
};
