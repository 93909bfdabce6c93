"""The command line: python -m nnfs train | predict | data.

Messages speak of options and files, not of the arguments of functions.

Exit codes: 0 success, 1 bad data or a diverged run, 2 usage, 130 Ctrl-C.
"""

import argparse
import csv
import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

import nnfs
from nnfs import (
    activations,
    arguments,
    batches,
    cluster,
    data,
    initialise,
    interrupts,
    layers,
    optimizers,
    pictures,
    progress,
    resuming,
    schedules,
    storage,
    training,
)
from nnfs.arguments import Array
from nnfs.cluster import ClusterError
from nnfs.data import MNIST
from nnfs.digit_files import OTHER_DATA, SHAPE, spelt, square
from nnfs.divergence import DivergenceError
from nnfs.functions import softmax
from nnfs.training import Run, Training

N_SHOWN = 12
PICTURE_ENDINGS = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}
PICTURE_ENDINGS |= {".heic", ".heif", ".avif", ".svg", ".psd", ".ico", ".tga", ".pcx", ".jp2"}
PICTURE_ENDINGS |= {".ppm", ".pgm", ".pbm", ".dng"}
CHECKPOINT = "checkpoint.npz"
FIGURES = ("loss.png", "accuracy.png", "predictions.png")
# What train writes.
FILES = (*FIGURES, "history.csv", "parameters.npz", storage.SETTINGS, CHECKPOINT)
# What a run is made of, which cannot change when it goes on.
RECIPE = (
    *("split", "seed", "test_size", "transposed", "validation", "patience"),
    *("hidden", "init", "activation"),
    *("batch_size", "optimizer", "alpha", "schedule", "weight_decay", "dropout"),
)
# What run.json keeps of the options.
SETTINGS = (*RECIPE, "iterations")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        By default the arguments of the process.
    """
    try:
        interrupts.wake()
        options = _parser().parse_args(argv)
        options.given = _given(argv)
        code: int = options.run(options)
        # Python has no sys.stdout where its descriptor is closed.
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader has gone. What Python would still flush at its end goes nowhere.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt as interrupt:
        return _complain(f"interrupted; {str(interrupt) or 'nothing was written'}", 130)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _complain(f"error: {place}{error.strerror or error}", 1)
    except (ValueError, MemoryError) as error:
        return _complain(f"error: {error or 'out of memory'}", 1)


def _complain(message: str, code: int) -> int:
    message = message.replace(OTHER_DATA, "pass a folder of IDX files or a CSV file as --data")
    print(f"nnfs: {' '.join(message.split())}", file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, that of the command they are about."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown

    def error(self, message: str) -> NoReturn:
        message = message.removeprefix("argument ")
        self.exit(_complain(f"error: {message}; see {self.prog} --help", 2))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m nnfs", description="Neural networks in plain NumPy.")
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_train(commands)
    _add_predict(commands)
    _add_data(commands)
    return parser


def _given(argv: Sequence[str] | None) -> dict[str, Any]:
    """Return the options of train that were given, without those that have their default."""
    words = sys.argv[1:] if argv is None else list(argv)
    if words[:1] != ["train"]:
        return {}
    command = _add_train(argparse.ArgumentParser().add_subparsers())
    # A default is set only where there is nothing yet.
    missing = object()
    names = vars(command.parse_args([]))
    found = command.parse_args(words[1:], argparse.Namespace(**dict.fromkeys(names, missing)))
    return {name: value for name, value in vars(found).items() if value is not missing}


def _version() -> str:
    return f"nnfs-book {nnfs.__version__}"


def _add_train(commands: Any) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "train",
        help="train a network; without options, the original's job",
        description="Train 784-10-10 for 750 full-batch iterations, or what the options say.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    _add_data_options(command, n_test=1000, seed=0, split="original")
    add, whole = command.add_argument, _option(int, arguments.whole_number, at_least=1)
    add("--hidden", type=whole, nargs="+", default=[10], metavar="N", help="units of each layer")
    add("--init", choices=initialise.SCHEMES, default="uniform", help="scale of the start")
    between = "what stands between the layers"
    add("--activation", choices=activations.KNOWN, default="relu", help=between)
    length = command.add_mutually_exclusive_group()
    length.add_argument("--iterations", type=whole, default=750, metavar="N", help="steps")
    length.add_argument("--epochs", type=whole, metavar="N", help="times through all images")
    add("--batch-size", type=whole, metavar="N", help="images of a step; all unless given")
    add("--optimizer", choices=optimizers.KINDS, default="sgd", help="what a step does")
    rate = f"the learning rate; unless given, {_usual_rates()}"
    add("--alpha", type=_option(float, arguments.positive_number), metavar="A", help=rate)
    course = "of alpha; step: a tenth after each third of the run; cosine: to 0, after a warm-up"
    add("--schedule", choices=schedules.PLANS, default="constant", help=course)
    decay = "decoupled with adamw, else the strength of an L2 penalty"
    amount, share = _option(float, arguments.amount), _option(float, arguments.share)
    add("--weight-decay", type=amount, default=0.0, metavar="D", help=decay)
    add("--dropout", type=share, default=0.0, metavar="P", help="share of units left out")
    held = "training images, the last ones, to score by; the best parameters are kept"
    add("--validation", type=whole, metavar="N", help=held)
    scores = "scores in a row, one an epoch, that may be no better; needs --validation"
    add("--patience", type=whole, metavar="N", help=scores)
    spread = f"compute over a Dask cluster: the address of its scheduler, or {cluster.LOCAL} for "
    spread += "processes on this machine"
    add("--cluster", metavar="ADDRESS", help=spread)
    count = (
        f"processes of --cluster {cluster.LOCAL}; unless given, as many as processors, at most 8"
    )
    add("--workers", type=whole, metavar="N", help=count)
    resume = "go on with the run in a folder, where it ended or was interrupted, with its options; "
    resume += "a larger --iterations or --epochs makes it longer, and the course of --schedule is "
    resume += "from there on that of the new length"
    add("--resume", type=_path, metavar="RUN", help=resume)
    out = "folder for the curves, predictions, history.csv, parameters.npz, run.json and "
    out += "checkpoint.npz of the run; with --resume, that of the run unless given"
    add("--out", type=_path, default=Path("nnfs-run"), metavar="DIR", help=out)
    add("--quiet", action="store_true", help="print the two accuracies only")
    command.set_defaults(run=train)
    return command  # type: ignore[no-any-return]


def _add_predict(commands: Any) -> None:
    command = commands.add_parser(
        "predict",
        help="show a saved network's answers, for test images or for pictures of your own",
        description="Show a saved network's answers: for pictures of digits; for the rows of a CSV "
        "file, written to a CSV file in turn; or for test images. The test part is that of the "
        "run, as its run.json says; options override it.",
    )
    add = command.add_argument
    text = (
        "a picture (PNG, JPEG, ...) of a digit, a CSV file of images, or a place in the test part"
    )
    add("images", nargs="*", type=_image, metavar="IMAGE", help=f"{text} (default: 0-9)")
    path, written = Path("nnfs-run", "parameters.npz"), "what train wrote (default: %(default)s)"
    add("--parameters", type=_path, default=path, metavar="FILE", help=written)
    output = "CSV file for the answers (of data.csv unless given data-predictions.csv)"
    add("--output", type=_path, metavar="FILE", help=output)
    _add_data_options(command, n_test=None, seed=None, split=None)
    command.set_defaults(run=predict)


def _path(text: str) -> Path:
    # Path("") is the working directory, which nobody means by a variable that is not set.
    if not text or "\0" in text:
        found = "an empty one" if not text else repr(text)
        raise argparse.ArgumentTypeError(f"expected a path, got {found}")
    return Path(text)


def _image(text: str) -> int | Path:
    with suppress(ValueError):
        if (place := int(text)) >= 0:
            return place
    path = _path(text)
    if not (path.exists() or path.suffix or path.name != text) or text.lstrip("-").isdigit():
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a file nor a whole number of at least 0, a place in the test part"
        )
    return path


def _add_data(commands: Any) -> None:
    text = "say which data would be used, with counts, sizes, classes and SHA-256 of the content"
    command = commands.add_parser("data", help=text, description=f"{text.capitalize()}.")
    command.add_argument("--data", metavar="PATH", help="as for train")
    _add_transposed(command)
    command.set_defaults(run=show_data)


def _add_data_options(
    command: argparse.ArgumentParser, *, n_test: int | None, seed: int | None, split: str | None
) -> None:
    add, whole = command.add_argument, arguments.whole_number
    source = "a CSV file or a folder of IDX files, or one of several sets there, as "
    source += "FOLDER/emnist-letters; unless given, mnist_data/train.csv if "
    source += "there is one, else the bundled digits"
    default = argparse.SUPPRESS if n_test is None else None
    add("--data", metavar="PATH", default=default, help=source)
    parts = "original: drawn from the training images; official: 60,000 and 10,000"
    add("--split", choices=["original", "official"], default=split, help=parts)
    draws = "of the start, the split and the batches"
    add("--seed", type=_option(int, whole, at_least=0), default=seed, metavar="S", help=draws)
    _add_transposed(command)
    size = "test images of the original split"
    add("--test-size", type=_option(int, whole, at_least=1), default=n_test, metavar="N", help=size)


def _add_transposed(command: argparse.ArgumentParser) -> None:
    stored = "the data store each image column by column, as those of EMNIST do"
    command.add_argument("--transposed", action="store_true", help=stored)


def _option(kind: type, check: Callable[..., Any], **bounds: int) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        with suppress(ValueError):
            return check(kind(text), "it", **bounds)
        try:
            return check(text, "it", **bounds)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse


def _usual_rates() -> str:
    rates = {name: f"{kind.alpha:g}" for name, kind in optimizers.KINDS.items()}
    usual = rates["sgd"]
    others = (f"{rate} with {name}" for name, rate in rates.items() if rate != usual)
    return ", ".join((usual, *others))


def train(options: argparse.Namespace) -> int:
    """Train, write the run, and print the accuracies."""
    say: Callable[[str], None] = (lambda line: None) if options.quiet else _print
    saved = None if options.resume is None else _take_up(options)
    say(f"data: {data.find_source(options.data)}")
    _say_if_transposed(options.data, options.transposed, say)
    digits = _load(options.data, options.split, options.seed, options.test_size, options.transposed)
    parts = _parts(digits, options)
    counts = {"training": "train", "validation": "validation", "test": "test"}
    told = (f"{parts[p][1].size} {name} images" for name, p in counts.items() if p in parts)
    say(", ".join(told) + _described(digits))
    with (
        _folder(options.out),
        _connected(options, say) as client,
        _interruptible() as interrupted,
    ):
        run = (
            _begun(options, parts, digits.n_classes, client)
            if saved is None
            else _gone_on(saved, options, parts, say, client)
        )
        about = _about(options, run)
        checkpoints = resuming.Checkpoints(run, options.out / CHECKPOINT, about=about)
        steps = iter(run)
        if not options.quiet:
            steps = progress.shown(steps, run.iterations, first=run.iteration, say=_print)
        lost = None
        try:
            for step in steps:
                checkpoints(step)
                if interrupted():
                    break
        except ClusterError as error:
            if run.iteration == 0:
                raise
            lost = error
        if interrupted() or lost:
            # Before all else: figures take their time, and a second Ctrl-C may end it.
            run.save(options.out / CHECKPOINT, about=about)
        accuracies = _accuracies(run.result.params, parts)
        _write(
            options.out,
            run.result,
            parts["test"],
            {**about, "done": run.iteration, "shape": list(digits.shape)},
            accuracies,
        )
        run.save(options.out / CHECKPOINT, about=about)
        say(f"written to {options.out}: loss, accuracy, predictions, history, parameters")
        if lost:
            return _complain(f"error: {lost}, {_kept(run, options.out)}", 1)
        if interrupted():
            _complain(_interrupted(run, options.out), 130)
        for part, accuracy in accuracies.items():
            _print(f"{part} accuracy: {accuracy:.4f}")
        return 130 if interrupted() else 0


def _interrupted(run: Run, out: Path) -> str:
    """Return what to say of a Ctrl-C, which may have come when nothing was left to interrupt."""
    if not run.ended:
        return f"interrupted {_kept(run, out)}"
    return f"Ctrl-C came when the run had ended, {_done(run)}; all of it is written to {out}"


def _kept(run: Run, out: Path) -> str:
    return f"{_done(run)}; kept in {out}"


def _done(run: Run) -> str:
    return f"after {run.iteration} of {run.iterations} iterations"


@contextmanager
def _connected(options: argparse.Namespace, say: Callable[[str], None]) -> Iterator[Any]:
    """Open the cluster that the options name, if they name one."""
    address, workers = options.cluster, options.workers
    if workers is not None and address != cluster.LOCAL:
        own = "" if address is None else "; a cluster at an address has its own"
        raise ValueError(f"--workers {workers}: are those of --cluster {cluster.LOCAL}{own}")
    if address is None:
        yield None
        return
    with ExitStack() as opened:
        try:
            client = opened.enter_context(cluster.connect(address, workers=workers))
        except (ValueError, ClusterError, ModuleNotFoundError) as error:
            raise ValueError(f"--cluster {address}: {error}") from None
        count = len(client.nthreads())
        say(f"cluster: {count} worker{'s' * (count != 1)}")
        yield client


Part = tuple[Array, Array]


def _described(digits: MNIST) -> str:
    """Return what to say of other images than digits."""
    if digits.shape == SHAPE and digits.n_classes == MNIST.n_classes:
        return ""
    first = min(int(y.min()) for y in (digits.y_train, digits.y_test))
    start = f", labels from {first} on" if first else ""
    return f"; {spelt(digits.shape)} pixels, {digits.n_classes} classes{start}"


def _parts(digits: MNIST, options: argparse.Namespace) -> dict[str, Part]:
    """Return the parts of the data by name, each its images and labels."""
    X, y, n = digits.x_train, digits.y_train, options.validation
    if n is None:
        if options.patience is not None:
            raise ValueError(
                "--patience is about the scores on a validation part: add --validation"
            )
        return {"train": (X, y), "test": digits[2:]}
    if n >= y.size:
        raise ValueError(
            f"--validation {n}: expected 1 to {y.size - 1} of the {y.size} training images"
        )
    return {"train": (X[:, :-n], y[:-n]), "validation": (X[:, -n:], y[-n:]), "test": digits[2:]}


def _about(options: argparse.Namespace, run: Run) -> dict[str, Any]:
    """Return what to keep of the options."""
    settings = {name: getattr(options, name) for name in SETTINGS}
    return {"data": _used(options.data), **settings, "iterations": run.iterations}


def _begun(options: argparse.Namespace, parts: dict[str, Part], n_classes: int, client: Any) -> Run:
    """Return the run that the options describe, before its first step."""
    X, y = parts["train"]
    options.alpha = options.alpha or optimizers.KINDS[options.optimizer].alpha
    return Run(
        X,
        y,
        params=_start(options, len(X), n_classes),
        seed=options.seed,
        iterations=None if options.epochs else options.iterations,
        epochs=options.epochs,
        batch_size=options.batch_size,
        alpha=options.alpha,
        schedule=options.schedule,
        optimizer=options.optimizer,
        weight_decay=options.weight_decay,
        dropout=options.dropout,
        validation=parts.get("validation"),
        patience=options.patience,
        cluster=client,
    )


def _start(options: argparse.Namespace, n_inputs: int, n_classes: int) -> Any:
    """Return random parameters of the widths that the options and the data say."""
    try:
        return initialise.init_params(
            n_inputs,
            options.hidden,
            n_classes,
            scheme=options.init,
            seed=options.seed,
            activation=options.activation,
        )
    except ValueError as error:
        widths = " ".join(map(str, options.hidden))
        raise ValueError(f"--hidden {widths}: {error}") from None


def _take_up(options: argparse.Namespace) -> Path:
    """Set the options to those of the run to go on with, and return the file that holds it.

    An option that was given and says something else than the run is refused.
    """
    place: Path = options.resume
    path = place / CHECKPOINT if place.is_dir() else place
    if not path.exists():
        raise FileNotFoundError(
            f"--resume {place}: no run to go on with, {path} is not there; python -m nnfs train "
            "writes it after half a minute and at its end"
        )
    # Runs of earlier versions knew no other order.
    about = {"transposed": False, **training.about(path)}
    if missing := [name for name in ("data", *SETTINGS) if name not in about]:
        raise ValueError(
            f"--resume {place}: it does not say its {missing[0]}; python -m nnfs train goes on "
            "with runs of its own"
        )
    if "data" in options.given and _used(options.data) != about["data"]:
        raise _contradiction("data", options.data, place, about["data"])
    for name in RECIPE:
        if name in options.given and options.given[name] != about[name]:
            raise _contradiction(name, options.given[name], place, about[name])
        setattr(options, name, about[name])
    options.data = about["data"]
    options.out = options.given.get("out", path.parent)
    return path


def _contradiction(name: str, value: Any, place: Path, saved: Any) -> ValueError:
    def spelt(value: Any) -> str:
        return " ".join(map(str, value)) if isinstance(value, list) else str(value)

    option = f"--{name.replace('_', '-')}"
    told = f"with {option} {spelt(saved)}"
    if saved is None or saved is False:
        told = f"without {option}"
    given = option if value is True else f"{option} {spelt(value)}"
    return ValueError(
        f"{given}: the run in {place} was made {told}; leave it out, or start anew without --resume"
    )


def _used(source: str | None) -> str:
    """Return the name of the data that are used."""
    found = data.find_source(source)
    return "bundled" if found.kind == "bundled" else str(found.path.resolve())


def _gone_on(
    path: Path,
    options: argparse.Namespace,
    parts: dict[str, Part],
    say: Callable[[str], None],
    client: Any,
) -> Run:
    """Return the run of a file, lengthened if the options say so."""
    about, (X, y) = training.about(path), parts["train"]
    length, done = about["iterations"], about["done"]
    if "epochs" in options.given:
        length = options.epochs * batches.per_epoch(y.size, options.batch_size)
    length = options.given.get("iterations", length)
    if length < done:
        named = "epochs" if "epochs" in options.given else "iterations"
        raise ValueError(
            f"--{named} {options.given[named]}: the run in {options.resume} has made {done} "
            f"iterations already; expected at least as many, got {length}"
        )
    validation = parts.get("validation")
    run = Run.load(path, X, y, iterations=length, validation=validation, cluster=client)
    say(f"going on with {options.resume} after {done} of {length} iterations")
    if length != about["iterations"] and options.schedule != "constant":
        say(f"the rate is from here on that of --schedule {options.schedule} over {length}")
    if run.ended:
        say("nothing is left to do; a larger --iterations or --epochs makes the run longer")
    return run


def _say_if_transposed(source: Any, transposed: bool, say: Callable[[str], None]) -> None:
    """Say that data look like those of EMNIST, which lie on their side as they are stored."""
    if not transposed and data.look_transposed(source):
        say(
            "these are EMNIST's by name, whose images are stored column by column: if letters lie "
            "on their side, add --transposed"
        )


def _load(source: str | None, split: str, seed: int, test_size: int, transposed: bool) -> MNIST:
    """Return the digits; what does not go together is said in the words of the options."""
    found = data.find_source(source)
    if split == "official" and found.kind == "csv":
        raise ValueError(
            f"{found.path}: a CSV file has no official split; leave --split official out, or pass "
            "a folder of IDX files as --data"
        )
    try:
        digits = data.load_mnist(
            source, n_test=test_size, split=split, seed=seed, transposed=transposed
        )
    except data.SplitError as error:
        raise ValueError(f"{found.path}: --test-size {test_size}: {error.advice()}") from None
    left, taken = digits.y_train.size, digits.y_test.size
    if split == "original" and left < taken:
        own = "" if found.kind == "csv" else ", or --split official for the folder's test files"
        raise ValueError(
            f"{found.path}: --test-size {taken} leaves {left} of {left + taken} images to train "
            f"on; pass a smaller one{own}"
        )
    return digits


def _accuracies(params: Sequence[Array], parts: Mapping[str, Part]) -> dict[str, float]:
    """Return the share of right answers in each part."""
    return {
        name: float(np.mean(_probabilities(params, X).argmax(axis=0) == y))
        for name, (X, y) in parts.items()
    }


def _probabilities(params: Sequence[Array], X: Array) -> Array:
    """Return A2; the last step of a run can leave finite parameters whose answers overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        A2 = softmax(layers.forward(params, arguments.examples(X))[1])
    if not np.isfinite(A2).all():
        raise DivergenceError(
            "the network's probabilities are not all finite; train with a smaller learning rate"
        )
    return A2


def _print(line: str) -> None:
    try:
        print(line, flush=True)
    except UnicodeEncodeError as error:
        # The name of a file may hold letters that the terminal, or a pipe on Windows, has not.
        known = line.encode(error.encoding, "backslashreplace").decode(error.encoding)
        print(known, flush=True)


@contextmanager
def _folder(path: Path) -> Iterator[None]:
    """Make sure, before any work, that files can be written there; leave no empty folders."""
    made: list[Path] = []
    try:
        _make(path, made)
        yield
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


def _make(path: Path, made: list[Path]) -> None:
    """Make a folder for a run, note what was made, the inner folders first, and try to write."""
    try:
        for folder in (path, *path.parents):
            if folder.exists() and not folder.is_dir():
                raise NotADirectoryError(0, f"{folder} is a file; expected a folder")
        made += [folder for folder in (path, *path.parents) if not folder.exists()]
        _make_folder(path, path.parents[len(made) - 1] if made else path)
        storage.check_writable(path)
        for name in FILES:
            storage.check_replaceable(path / name)
    except OSError as error:
        inside = error.filename not in (None, str(path), path) and Path(error.filename)
        place = f"{inside}: " if inside and inside.exists() else ""
        raise ValueError(
            f"--out {path}: a run cannot be written there ({place}{error.strerror or error}); name "
            "another folder"
        ) from None


def _make_folder(path: Path, there: Path) -> None:
    """Make a folder, and those above it from one on that is there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        # A file system without files of users calls the new folder one that is missing.
        why = "" if error.errno == errno.ENOENT else f": {error.strerror}"
        raise OSError(error.errno, f"no folder can be made in {there}{why}") from None


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Take Ctrl-C as a request to stop after the iteration, and a second one as an order.

    Signals reach the main thread only. Elsewhere, and where they are ignored, all stays as it is.
    """
    asked = threading.Event()
    previous = signal.getsignal(signal.SIGINT)
    main_thread = threading.current_thread() is threading.main_thread()
    if not main_thread or previous in (signal.SIG_IGN, None):
        yield asked.is_set
        return

    def ask(number: int, frame: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt("again, so what was not yet written is lost")
        asked.set()

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, previous)


def _write(
    out: Path,
    result: Training,
    test: Part,
    settings: dict[str, Any],
    accuracies: dict[str, float],
) -> None:
    """Write what a run leaves in its folder, apart from the run itself."""
    from nnfs import plots

    params, (loss, accuracy) = result
    shown = test[0][:, :N_SHOWN]
    A2 = _probabilities(params, shown)
    figures = (
        plots.curves({"loss": loss}, "loss (nats)"),
        plots.curves({"accuracy": 100 * accuracy}, "accuracy (%)"),
        plots.predictions(shown, A2, test[1][:N_SHOWN], shape=settings["shape"]),
    )
    for name, figure in zip(FIGURES, figures, strict=True):
        with storage.replacing(out / name) as file:
            figure.savefig(file, format="png", dpi=150)
    storage.save_history(out / "history.csv", result.history)
    storage.save_parameters(out / "parameters.npz", params)
    reached = {f"{part}_accuracy": accuracy for part, accuracy in accuracies.items()}
    if result.best is not None:
        reached["kept"] = result.best.iteration + 1
    storage.save_settings(out, {**settings, **reached})


def predict(options: argparse.Namespace) -> int:
    """Print the answers of a saved network, one a line; those for a CSV file are written to one."""
    params, run, told = _network(options.parameters)
    files = [image for image in options.images if isinstance(image, Path)]
    places = [image for image in options.images if not isinstance(image, Path)]
    if files and places:
        raise ValueError(
            f"{files[0]} is a file and {places[0]} a place in the test part; ask apart"
        )
    if files:
        _check_no_test_part(options, files[0])
        _print(told)
        shape = _image_shape(options.parameters, params, run)
        _answer_files(params, files, options.output, shape, transposed=options.transposed)
        return 0
    if options.output is not None:
        raise ValueError(f"--output {options.output}: answers are written for files; name one")
    digits = _test_part(options, run)
    _check_fit(options.parameters, params, digits)
    n_test = digits.y_test.size
    images = places or list(range(min(10, n_test)))
    if max(images) >= n_test:
        raise ValueError(f"image {max(images)}: the test part holds images 0 to {n_test - 1}")
    right = _print_answers(params, digits, images)
    _print(f"{right} of {len(images)} right")
    return 0


def _check_no_test_part(options: argparse.Namespace, file: Path) -> None:
    """Raise ValueError if an option about the test part is given beside a file."""
    for name in ("data", "split", "seed", "test_size"):
        if (value := getattr(options, name, None)) is not None:
            raise ValueError(
                f"--{name.replace('_', '-')} {value}: is about the test part, but {file} is a file "
                "of its own; leave it out, or ask apart"
            )


def _network(path: Path) -> tuple[Any, dict[str, Any], str]:
    """Return a saved network for images, the settings of its run, and a line that describes it."""
    if not path.exists():
        raise FileNotFoundError(
            f"{path}: no trained network there; train one with python -m nnfs train, or name "
            "another as --parameters"
        )
    params = storage.load_parameters(path)
    run = storage.load_settings(path.parent)
    widths = "-".join(
        str(size) for size in (params[0].shape[1], *map(len, arguments.biases(params)))
    )
    reached = run.get("test_accuracy")
    told = "" if reached is None else f", {100 * reached:.1f} % of its test images right"
    return params, run, f"network: {path}, {widths}{told}"


def _image_shape(path: Path, params: Sequence[Array], run: Mapping[str, Any]) -> tuple[int, int]:
    """Return rows and columns of the images that a saved network takes."""
    n = params[0].shape[1]
    told = run.get("shape")
    shape = square(n) if told is None else (told[0], told[1])
    if shape is None or shape[0] * shape[1] != n:
        place = path.parent / storage.SETTINGS
        says = "does not say" if told is None else f"says {spelt(told)} for"
        raise ValueError(
            f"{path}: a network of {n} inputs, its first weights have shape {params[0].shape}, and "
            f"{place} {says} the rows and columns of its images; expected one that python -m nnfs "
            "train wrote, beside its run.json"
        )
    return shape


def _check_fit(path: Path, params: Sequence[Array], digits: MNIST) -> None:
    """Raise ValueError unless a network takes such images and tells their classes apart."""
    n, c = params[0].shape[1], len(params[-1])
    if len(digits.x_test) != n:
        raise ValueError(
            f"{path}: a network of {n} inputs, its first weights have shape {params[0].shape}; the "
            f"data have images of {len(digits.x_test)} pixels, {spelt(digits.shape)}: name the "
            "data of its run as --data"
        )
    if digits.n_classes > c:
        raise ValueError(
            f"{path}: a network of {c} classes; the data have labels up to {digits.n_classes - 1}, "
            f"expected 0..{c - 1}: name the data of its run as --data"
        )


def _answer_files(
    params: Sequence[Array],
    files: list[Path],
    output: Path | None,
    shape: tuple[int, int],
    *,
    transposed: bool,
) -> None:
    """Print answers for pictures and write those for tables of images."""
    kinds = {path: _is_picture(path) for path in files}
    tables = [path for path in files if not kinds[path]]
    if output is not None and (len(tables) > 1 or (tables and len(files) > 1)):
        raise ValueError(f"--output {output}: expected one CSV file or pictures, got several files")
    outputs = {path: _beside(path) if output is None else output for path in tables}
    written = outputs if tables or output is None else {files[0]: output}
    _check_outputs(files, written)
    for place in written.values():
        storage.check_replaceable(place)
    rows = []
    for path in files:
        if kinds[path]:
            A2 = _answers(params, pictures.read_picture(path, shape), path)[:, 0]
            best = np.argsort(-A2, kind="stable")[:3]
            first, *others = (f"{digit}  p {A2[digit]:.4f}" for digit in best)
            _print(f"{path}  answer {first}" + (f"  then {', '.join(others)}" if others else ""))
            rows.append((str(path), int(best[0])))
        else:
            _say_if_transposed(path, transposed, _print)
            _answer_table(params, path, outputs[path], shape, transposed)
    if rows and output is not None:
        _write_answers(output, ("File", "Label"), rows)


def _beside(path: Path) -> Path:
    """Return where the answers for a table go unless the caller says it."""
    return Path(f"{path.name.removesuffix('.gz').rsplit('.', 1)[0]}-predictions.csv")


def _check_outputs(files: list[Path], outputs: dict[Path, Path]) -> None:
    """Raise ValueError where answers would be written over a file that was given, or each other."""
    taken: dict[Path, Path] = {}
    for source, output in outputs.items():
        place = output.resolve()
        for path in files:
            # The same file may have two names.
            if output.exists() and output.samefile(path):
                raise ValueError(f"--output {output}: is a file with images; name another")
        if place in taken:
            raise ValueError(
                f"{taken[place]} and {source} would both have their answers in {output}; ask "
                "apart, each with an --output of its own"
            )
        taken[place] = source


def _is_picture(path: Path) -> bool:
    if path.is_dir():
        raise ValueError(f"{path}: is a folder; expected a picture or a CSV file")
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file; expected a picture or a CSV file")
    if not path.is_file():
        raise ValueError(f"{path}: is a device or a pipe; expected a picture or a CSV file")
    with path.open("rb") as file:
        known = pictures.is_picture(file.read(512))
    return known or path.suffix.lower() in PICTURE_ENDINGS


def _answers(params: Sequence[Array], X: Array, path: Path) -> Array:
    data_range = getattr(params, "data_range", None)
    if data_range is not None and not -0.5 <= data_range[0] <= 0.5 <= data_range[1] <= 2:
        low, high = data_range
        raise ValueError(
            f"the network was trained on data in [{low:g}, {high:g}], but the pixels of {path} are "
            "taken in [0, 1]; train one on these with python -m nnfs train"
        )
    return _probabilities(params, X)


def _answer_table(
    params: Sequence[Array], path: Path, output: Path, shape: tuple[int, int], transposed: bool
) -> None:
    X, y = data.read_images(path, shape=shape, transposed=transposed)
    answers = _answers(params, X, path).argmax(axis=0)
    _write_answers(output, ("ImageId", "Label"), list(enumerate(answers.tolist(), start=1)))
    told = "" if y is None else f", {(answers == y).sum()} of {y.size} right"
    _print(f"{path}  {answers.size} images{told}, answers in {output}")


def _write_answers(path: Path, names: tuple[str, str], rows: list[Any]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([names, *rows])
    with storage.replacing(path) as file:
        # A name that is no text is written as the bytes that it is.
        file.write(text.getvalue().encode(errors="surrogateescape"))


def _test_part(options: argparse.Namespace, run: dict[str, Any]) -> MNIST:
    chosen = {"seed": options.seed, "split": options.split, "test_size": options.test_size}
    usual = {"seed": 0, "split": "original", "test_size": 1000}
    for name in chosen:
        if chosen[name] is None:
            chosen[name] = usual[name] if run.get(name) is None else run[name]
    chosen["transposed"] = options.transposed or bool(run.get("transposed"))
    source = options.data if "data" in options else run.get("data")
    found = data.find_source(source)
    if options.split is None and chosen["split"] == "official" and found.kind == "csv":
        raise ValueError(
            f"{found.path}: a CSV file has no official split, which is that of the run; for "
            f"answers to all its images use python -m nnfs predict {found.path}, for those of a "
            "part of them add --split original"
        )
    return _load(source, **chosen)


def _print_answers(params: Sequence[Array], digits: MNIST, images: list[int]) -> int:
    A2 = _probabilities(params, digits.x_test[:, images])
    answers, truth = A2.argmax(axis=0), digits.y_test[images]
    for place, image in enumerate(images):
        answer, probability = answers[place], A2[answers[place], place]
        mark = "" if answer == truth[place] else "  wrong"
        _print(f"image {image:5}  answer {answer}  p {probability:.4f}  label {truth[place]}{mark}")
    return int((answers == truth).sum())


def show_data(options: argparse.Namespace) -> int:
    """Print which data would be used, what each part holds, and the fingerprint of each file."""
    _print(f"data: {data.find_source(options.data)}")
    _say_if_transposed(options.data, options.transposed, _print)
    names = {"train": "training part", "t10k": "test part", "rows": "all rows"}
    for part in data.describe(options.data):
        shape = part.shape[::-1] if options.transposed else part.shape
        _print(
            f"{names[part.name]}: {part.count} images, {spelt(shape)} pixels, {part.dtype}, "
            f"{_classes(part.labels)}"
        )
        for file in part.files:
            _print(f"{file.name}  {file.count}  sha256 {file.sha256}")
    return 0


def _classes(labels: Sequence[int]) -> str:
    """Return how many classes have images, and their labels."""
    first, last = labels[0], labels[-1]
    told = f"{len(labels)} class{'es' * (len(labels) != 1)}, labels {first} to {last}"
    missing = sorted(set(range(first, last)) - set(labels))
    listed = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
    without = f" without {listed}" if missing else ""
    return told + without + ("; they begin at 1, so class 0 has no image" if first == 1 else "")
