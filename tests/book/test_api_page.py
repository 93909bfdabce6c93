"""The page of the API: every name for callers is on it, and its docstring says what it must."""

import ast
import functools
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name
from urllib.parse import urlparse

import pytest
from bs4 import BeautifulSoup

import nnfs

from .pages import all_pages

# What serves other modules: none of its names is for callers.
WITHIN = {
    "__main__": "runs the command line",
    "arguments": "judges what callers pass; its warning is on the page",
    "checkpoints": "is the form of the files of Run.save",
    "cli": "is documented by --help and by the chapter of the command line",
    "descent": "is the loop within nnfs.training.steps and Run",
    "divergence": "ends a run; its error is on the page",
    "digit_files": "is how data reads; its error is on the page",
    "file_kinds": "names files in messages",
    "gradients": "is the former name of checking",
    "idx": "is how data reads",
    "interrupts": "tells a Ctrl-C at the command line",
    "kaggle": "is how data reads",
    "progress": "is the bar of train",
    "resuming": "compares a saved run with the one that goes on",
    "returned": "judges what functions of callers return",
    "room": "judges the memory that arrays would take",
    "scores": "is within accuracy",
    "table_lines": "is how data reads",
    "types": "has names for annotations",
}
# Names of the other modules that only modules of the package call.
ONE_OF_OURS = {
    "activations": {"checked", "is_known", "of"},
    "batches": {"Order", "by_rows", "over_chosen"},
    "checking": {"Bounds"},
    "cluster": {"Point", "Share", "Shares", "answer", "checked", "version"},
    "data": {
        *("FileSummary", "PartSummary", "Source", "SplitError"),
        *("bundle_part", "describe", "find_source", "inventory"),
        "look_transposed",
    },
    "early_stopping": {"Judge"},
    "engine": {
        *("cuts", "formed", "keep_freed_memory", "mapping", "one_blas_thread", "over_parts"),
        *("processors", "weighted_mean"),
    },
    "layers": {"Inputs"},
    "optimizers": {"Kind", "kind_name", "known", "rebuilt", "usual_alpha"},
    "pictures": {"is_picture"},
    "schedules": {"Described", "rebuilt"},
    "storage": {
        *("check_replaceable", "check_writable", "load_settings", "replacing"),
        *("save_history", "save_settings"),
    },
    "tiles": {"Transposed", "taken_by", "takes_the_same"},
}
WITHOUT_EQUATION = {
    "nnfs.load_mnist": "reads files",
    "nnfs.data.read_images": "reads a file",
    "nnfs.read_picture": "reads a file",
    "nnfs.prepare_picture": "is the preparation of MNIST",
    "nnfs.save_parameters": "writes a file",
    "nnfs.load_parameters": "reads a file",
    "nnfs.network.trained_on": "notes a range",
    "nnfs.network.with_activation": "notes an activation",
    "nnfs.network.named": "names blocks",
    "nnfs.activations.register": "keeps a name",
    "nnfs.predict": "takes the largest logit of forward",
    "nnfs.accuracy": "counts",
    "nnfs.train": "runs steps",
    "nnfs.training.about": "reads a file",
    "nnfs.tiles.takes_tiles": "marks a function",
    "nnfs.optimizers.sgd": "is update at every step",
    "nnfs.schedules.planned": "chooses one of three",
    "nnfs.autograd.gradient": "puts nodes together",
    "nnfs.batches.objective": "opens one of two others",
    "nnfs.cluster.connect": "starts processes",
    "nnfs.early_stopping.stop_early": "compares scores",
    "nnfs.layers.gradient": "calls forward and backward",
    "nnfs.optimizers.adamw": "is decayed(adam())",
    "nnfs.plots.curves": "draws",
    "nnfs.plots.predictions": "draws",
    "nnfs.schedules.constant": "is one number",
}
# Functions that are equations, and where the source is told instead.
WITHOUT_SOURCE = {
    "nnfs.network.forward_from_hidden": "forward",
    "nnfs.network.backward_to_hidden": "backward",
    "nnfs.network.gradient": "forward and backward",
    "nnfs.training.steps": "update",
    "nnfs.engine.full_batch": "the sum of a mean is taken in parts",
    "nnfs.batches.per_epoch": "batches are counted",
    "nnfs.cluster.objective": "the sum of a mean is taken on several machines",
    "nnfs.schedules.stepwise": "a factor now and then",
}


def documented() -> dict[str, object]:
    """What the page describes, by its dotted name, members of classes included."""
    page = next(page for page in all_pages() if page.docname == "appendices/api")
    found = {}
    entries = re.findall(r"^\.\. auto\w+:: (\S+)(?:\n   :members: (.+))?", page.body, re.MULTILINE)
    for name, members in entries:
        found[name] = resolve_name(name)
        for member in filter(None, members.split(", ")):
            # What only an object of the class has is told in the class's own docstring.
            if hasattr(found[name], member):
                found[f"{name}.{member}"] = inspect.getattr_static(found[name], member)
    return found


def equations_of(thing: object) -> list[str]:
    return re.findall(r":eq:`([\w-]+)`", inspect.getdoc(thing) or "")


DOCUMENTED = documented()
CITING = {name: labels for name in DOCUMENTED if (labels := equations_of(DOCUMENTED[name]))}
FUNCTIONS = [
    name
    for name, thing in DOCUMENTED.items()
    if inspect.isfunction(thing) and isinstance(resolve_name(name.rpartition(".")[0]), type(nnfs))
]
CALLED = [name for name, thing in DOCUMENTED.items() if inspect.isfunction(thing)]


def own_names(module: str) -> set[str]:
    """The functions and classes that a module defines and does not keep to itself."""
    content = vars(importlib.import_module(f"nnfs.{module}"))
    return {
        name
        for name, thing in content.items()
        if not name.startswith("_")
        and (inspect.isroutine(thing) or inspect.isclass(thing))
        and getattr(thing, "__module__", "") == f"nnfs.{module}"
    }


@pytest.mark.parametrize(
    "module",
    [found.name for found in pkgutil.iter_modules(nnfs.__path__) if found.name not in WITHIN],
)
def test_every_name_of_a_module_for_callers_is_on_the_page(module):
    on_page = list(DOCUMENTED.values())
    missing = {
        name
        for name in own_names(module) - ONE_OF_OURS.get(module, set())
        if not any(getattr(importlib.import_module(f"nnfs.{module}"), name) is x for x in on_page)
    }
    assert missing == set()


def test_every_name_of_the_package_itself_is_on_the_page_by_that_name():
    assert {f"nnfs.{name}" for name in nnfs.__all__} <= set(DOCUMENTED)


def test_what_is_not_for_callers_is_there_and_not_on_the_page():
    modules = {found.name for found in pkgutil.iter_modules(nnfs.__path__)}
    assert set(WITHIN) <= modules
    assert not set(WITHIN) & set(ONE_OF_OURS)
    for module, names in ONE_OF_OURS.items():
        assert names <= own_names(module)
        assert not {f"nnfs.{module}.{name}" for name in names} & set(DOCUMENTED)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_which_equation_it_is_unless_it_is_none(name):
    assert (name in CITING) != (name in WITHOUT_EQUATION)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name in CITING])
def test_a_function_that_is_an_equation_says_where_it_comes_from_unless_others_do(name):
    words = " ".join(inspect.getdoc(DOCUMENTED[name]).split())
    has_source = re.search(r"Sources?: .+?\([\w., ]*\d{4}\)", words) is not None
    assert has_source != (name in WITHOUT_SOURCE)


def sections(doc: str) -> dict[str, str]:
    """The parts of a docstring in the form of numpydoc, by their titles."""
    parts = re.split(r"^(\w[\w ]*)\n(-+)\n", doc, flags=re.MULTILINE)
    for title, line in zip(parts[1::3], parts[2::3], strict=True):
        assert len(title) == len(line), f"the line below {title!r}"
    return {"": parts[0], **dict(zip(parts[1::3], parts[3::3], strict=True))}


def entries(section: str) -> Iterator[tuple[str, str]]:
    """The entries of a section of numpydoc: names, and what is said of them."""
    for entry in re.split(r"\n(?=\S)", section.strip("\n")):
        names, _, said = entry.partition(" : ")
        yield from ((name, said or entry) for name in re.split(r",\s*", names.partition("\n")[0]))


def parameters(function: object) -> list[str]:
    marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    found = inspect.signature(function).parameters.values()
    return [marks.get(p.kind, "") + p.name for p in found if p.name != "self"]


def returns_something(function: object) -> bool:
    return inspect.signature(function).return_annotation not in (None, "None")


def judges(function: object) -> bool:
    """Whether a function raises, or has what it is given judged by one that does."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return any(
        isinstance(node, ast.Raise)
        or (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "arguments"
            and re.fullmatch(JUDGE, node.attr)
        )
        for node in ast.walk(tree)
    )


JUDGE = r"whole_number|positive_number|amount|share|examples|labels|finite|same_shapes|widths"


@pytest.mark.parametrize("name", CALLED)
def test_a_docstring_describes_what_goes_in_and_out_and_what_is_raised(name):
    function, doc = DOCUMENTED[name], inspect.getdoc(DOCUMENTED[name])
    said = sections(doc)
    told = [entry for entry, _ in entries(said.get("Parameters", "")) if entry]
    # One line may describe several that stand apart.
    assert sorted(told) == sorted(parameters(function))
    if name in FUNCTIONS and returns_something(function):
        assert {"Returns", "Yields"} & set(said)
    if judges(function):
        assert "Raises" in said


ARRAY = re.compile(r"\barrays?\b(?! of int\b)")
SHAPE = re.compile(r"\([^)]*\)|\bshapes?\b|\bParameters\b")


@pytest.mark.parametrize("name", [name for name in DOCUMENTED if inspect.getdoc(DOCUMENTED[name])])
def test_every_array_of_a_docstring_has_its_shape(name):
    said = sections(inspect.getdoc(DOCUMENTED[name]))
    without = [
        entry
        for title in ("Parameters", "Attributes", "Returns", "Yields")
        for entry, what in entries(said.get(title, ""))
        if ARRAY.search(what) and not SHAPE.search(what)
    ]
    assert without == []


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, thing in DOCUMENTED.items()
        if inspect.isclass(thing) and not issubclass(thing, BaseException)
    ],
)
def test_the_docstring_of_a_class_describes_its_attributes(name):
    kind = DOCUMENTED[name]
    told = {
        entry
        for title in ("Parameters", "Attributes")
        for entry, _ in entries(sections(inspect.getdoc(kind)).get(title, ""))
    }
    assert told
    assert set(getattr(kind, "_fields", ())) <= told


def test_a_docstring_that_lacks_something_is_found():
    said = sections("Do.\n\nParameters\n----------\na, b : int\n    Two.\n*c\n\nNotes\n-----\nx")
    assert [name for name, _ in entries(said["Parameters"])] == ["a", "b", "*c"]
    assert ARRAY.search("array of bool")
    assert not SHAPE.search("array of bool")
    assert SHAPE.search("(n, m) array")


@functools.cache
def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf8"), "html.parser")


@pytest.mark.parametrize("name", sorted(CITING))
def test_function_and_equation_link_to_each_other(site, name):
    api = soup(site / "appendices" / "api.html")
    found = [term for term in api.select("dt.sig[id]") if term["id"] == name]
    assert len(found) == 1
    description = found[0].find_next_sibling("dd")
    there = [link["href"] for link in description.select('a[href*="#equation-"]')]
    assert {urlparse(href).fragment for href in there} == {f"equation-{x}" for x in CITING[name]}
    for href in there:
        address = urlparse(href)
        page = soup((site / "appendices" / address.path).resolve())
        note = page.find(id=address.fragment).find_next(class_="equation-note")
        back = [link["href"] for link in note.select("a")]
        assert any(link.endswith(f"api.html#{found[0]['id']}") for link in back)
