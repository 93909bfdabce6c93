"""The command line: python -m nnfs train | predict | data.

Exit codes: 0 success, 1 bad data or a diverged run, 2 usage, 130 interrupted.
"""

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np

from nnfs import (
    arguments,
    batches,
    data,
    initialise,
    layers,
    optimizers,
    regularise,
    schedules,
    storage,
    training,
)
from nnfs.arguments import Array
from nnfs.data import MNIST
from nnfs.functions import softmax
from nnfs.optimizers import Optimizer
from nnfs.schedules import Schedule
from nnfs.training import DivergenceError, History, Step, Training

N_SHOWN = 12
OPTIMIZERS: dict[str, Callable[[float], Optimizer]] = {
    "sgd": lambda weight_decay: optimizers.SGD,
    "momentum": lambda weight_decay: optimizers.momentum(),
    "adam": lambda weight_decay: optimizers.adam(),
    "adamw": optimizers.adamw,
}
SCHEDULES: dict[str, Callable[[float, int], Schedule]] = {
    "constant": lambda alpha, n: schedules.constant(alpha),
    "step": lambda alpha, n: schedules.stepwise(alpha, every=-(-n // 3)),
    "cosine": lambda alpha, n: schedules.cosine(alpha, steps=n, warmup=n // 20),
}
# What run.json keeps of the options.
SETTINGS = (
    *("split", "seed", "test_size", "hidden", "init", "iterations", "batch_size"),
    *("optimizer", "alpha", "schedule", "weight_decay", "dropout"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        By default the arguments of the process.
    """
    try:
        options = _parser().parse_args(argv)
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
    except KeyboardInterrupt:
        return _complain("interrupted; nothing was written", 130)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _complain(f"error: {place}{error.strerror or error}", 1)
    except (ValueError, MemoryError) as error:
        return _complain(f"error: {error or 'out of memory'}", 1)


def _complain(message: str, code: int) -> int:
    print(f"nnfs: {' '.join(message.split())}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m nnfs", description="Neural networks in plain NumPy."
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_train(commands)
    _add_predict(commands)
    _add_data(commands)
    return parser


def _version() -> str:
    with suppress(PackageNotFoundError):
        return f"nnfs-book {version('nnfs-book')}"
    return "nnfs-book, not installed"


def _add_train(commands: Any) -> None:
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
    length = command.add_mutually_exclusive_group()
    length.add_argument("--iterations", type=whole, default=750, metavar="N", help="steps")
    length.add_argument("--epochs", type=whole, metavar="N", help="times through all images")
    add("--batch-size", type=whole, metavar="N", help="images of a step; all unless given")
    add("--optimizer", choices=OPTIMIZERS, default="sgd", help="what a step does")
    rate = "the learning rate; unless given, 0.1, with adam and adamw 0.001"
    add("--alpha", type=_option(float, arguments.positive_number), metavar="A", help=rate)
    course = "of alpha; step: a tenth after each third of the run; cosine: to 0, after a warm-up"
    add("--schedule", choices=SCHEDULES, default="constant", help=course)
    decay = "decoupled with adamw, else the strength of an L2 penalty"
    amount, share = _option(float, arguments.amount), _option(float, arguments.share)
    add("--weight-decay", type=amount, default=0.0, metavar="D", help=decay)
    add("--dropout", type=share, default=0.0, metavar="P", help="share of units left out")
    out = "folder for the curves, predictions, history.csv, parameters.npz and run.json of the run"
    add("--out", type=Path, default=Path("nnfs-run"), metavar="DIR", help=out)
    add("--quiet", action="store_true", help="print the two accuracies only")
    command.set_defaults(run=train)


def _add_predict(commands: Any) -> None:
    command = commands.add_parser(
        "predict",
        help="show a saved network's answers for test images",
        description="Show a saved network's answers for test images. The test part is that of the "
        "run, as its run.json says; options override it.",
    )
    add, whole = command.add_argument, _option(int, arguments.whole_number, at_least=0)
    add("images", nargs="*", type=whole, metavar="IMAGE", help="places in the test part (0-9)")
    path, written = Path("nnfs-run", "parameters.npz"), "what train wrote (default: %(default)s)"
    add("--parameters", type=Path, default=path, metavar="FILE", help=written)
    _add_data_options(command, n_test=None, seed=None, split=None)
    command.set_defaults(run=predict)


def _add_data(commands: Any) -> None:
    text = "say which data would be used, with counts and SHA-256 of the content"
    command = commands.add_parser("data", help=text, description=f"{text.capitalize()}.")
    command.add_argument("--data", metavar="PATH", help="as for train")
    command.set_defaults(run=show_data)


def _add_data_options(
    command: argparse.ArgumentParser, *, n_test: int | None, seed: int | None, split: str | None
) -> None:
    add, whole = command.add_argument, arguments.whole_number
    source = "a Kaggle train.csv or a folder of IDX files; unless given, mnist_data/train.csv if "
    source += "there is one, else the bundled digits"
    default = argparse.SUPPRESS if n_test is None else None
    add("--data", metavar="PATH", default=default, help=source)
    parts = "original: drawn from the training images; official: 60,000 and 10,000"
    add("--split", choices=["original", "official"], default=split, help=parts)
    draws = "of the start, the split and the batches"
    add("--seed", type=_option(int, whole, at_least=0), default=seed, metavar="S", help=draws)
    size = "test images of the original split"
    add("--test-size", type=_option(int, whole, at_least=1), default=n_test, metavar="N", help=size)


def _option(kind: type, check: Callable[..., Any], **bounds: int) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        with suppress(ValueError):
            return check(kind(text), "value", **bounds)
        try:
            return check(text, "value", **bounds)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse


def train(options: argparse.Namespace) -> int:
    """Train, write the run, and print both accuracies."""
    say: Callable[[str], None] = (lambda line: None) if options.quiet else _print
    say(f"data: {data.find_source(options.data)}")
    digits = data.load_mnist(
        options.data, n_test=options.test_size, split=options.split, seed=options.seed
    )
    say(f"{digits.y_train.size} training images, {digits.y_test.size} test images")
    options.alpha = options.alpha or (0.001 if options.optimizer.startswith("adam") else 0.1)
    if options.epochs:
        epoch = batches.per_epoch(digits.y_train.size, options.batch_size)
        options.iterations = options.epochs * epoch
    with _folder(options.out), _interruptible() as interrupted:
        result = _descend(options, digits, interrupted)
        accuracies = _accuracies(result.params, digits)
        _write(options, result, digits)
        done = result.history.loss.size
        say(f"written to {options.out}: loss, accuracy, predictions, history, parameters")
        if interrupted():
            _complain(
                f"interrupted after {done} of {options.iterations} iterations; "
                f"kept in {options.out}",
                130,
            )
        for part, accuracy in accuracies.items():
            _print(f"{part} accuracy: {accuracy:.4f}")
        return 130 if interrupted() else 0


def _accuracies(params: Sequence[Array], digits: MNIST) -> dict[str, float]:
    parts = {"train": digits[:2], "test": digits[2:]}
    for X, _ in parts.values():
        _probabilities(params, X)
    with np.errstate(over="ignore"):
        return {part: layers.accuracy(params, X, y) for part, (X, y) in parts.items()}


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
    print(line, flush=True)


@contextmanager
def _folder(path: Path) -> Iterator[None]:
    """Make sure, before any work, that files can be written there; leave no empty folders."""
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    try:
        storage.check_writable(path)
        yield
    except BaseException:
        with suppress(OSError):
            for folder in made:
                folder.rmdir()
        raise


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Take Ctrl-C as a request to stop after the iteration, not as an error in its midst."""
    asked = Event()
    previous = signal.signal(signal.SIGINT, lambda *_: asked.set())
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, previous)


def _descend(
    options: argparse.Namespace, digits: MNIST, interrupted: Callable[[], bool]
) -> Training:
    X, y, *_ = digits
    seed, n = options.seed, options.iterations
    params = initialise.init_params(len(X), options.hidden, scheme=options.init, seed=seed)
    coupled = 0.0 if options.optimizer == "adamw" else options.weight_decay
    gradient = regularise.penalised(layers.gradient, coupled) if coupled else layers.gradient
    rate = SCHEDULES[options.schedule](options.alpha, n)
    loss, accuracy = [], []
    with batches.objective(
        gradient, X, y, batch_size=options.batch_size, seed=seed, dropout=options.dropout
    ) as objective:
        optimizer = OPTIMIZERS[options.optimizer](options.weight_decay)
        steps = training.steps(params, objective, iterations=n, alpha=rate, optimizer=optimizer)
        for step in _progress(steps, options):
            params = step.params
            loss.append(step.loss)
            accuracy.append(step.accuracy)
            if interrupted():
                break
    return Training(params, History(np.array(loss), np.array(accuracy)))


def _progress(steps: Iterator[Step], options: argparse.Namespace) -> Iterator[Step]:
    if options.quiet:
        return steps
    if all(stream is not None and stream.isatty() for stream in (sys.stdout, sys.stderr)):
        return _bar(steps, options.iterations)
    return _lines(steps, options.iterations)


def _bar(steps: Iterator[Step], iterations: int) -> Iterator[Step]:
    from tqdm import tqdm

    # A terminal that does not know its size is taken for 80 x 24; tqdm would draw an empty bar.
    columns, lines = shutil.get_terminal_size()
    with tqdm(total=iterations, unit="step", ncols=columns, nrows=lines) as bar:
        for step in steps:
            bar.set_postfix_str(
                f"loss {step.loss:.4f}, accuracy {step.accuracy:.4f}", refresh=False
            )
            bar.update()
            yield step


def _lines(steps: Iterator[Step], iterations: int) -> Iterator[Step]:
    every = max(1, iterations // 15)
    for step in steps:
        if step.iteration % every == 0 or step.iteration == iterations - 1:
            _print(
                f"iteration {step.iteration:5}  loss {step.loss:.4f}  accuracy {step.accuracy:.4f}"
            )
        yield step


def _write(options: argparse.Namespace, result: Training, digits: MNIST) -> None:
    from nnfs import plots

    params, (loss, accuracy) = result
    shown = digits.x_test[:, :N_SHOWN]
    A2 = _probabilities(params, shown)
    figures = {
        "loss.png": plots.curves({"loss": loss}, "loss (nats)"),
        "accuracy.png": plots.curves({"accuracy": 100 * accuracy}, "accuracy (%)"),
        "predictions.png": plots.predictions(shown, A2, digits.y_test[:N_SHOWN]),
    }
    for name, figure in figures.items():
        with storage.replacing(options.out / name) as file:
            figure.savefig(file, format="png", dpi=150)
    storage.save_history(options.out / "history.csv", result.history)
    storage.save_parameters(options.out / "parameters.npz", params)
    settings = {name: getattr(options, name) for name in SETTINGS}
    source = data.find_source(options.data)
    used = "bundled" if source.kind == "bundled" else str(source.path.resolve())
    storage.save_settings(options.out, {"data": used, **settings, "done": loss.size})


def predict(options: argparse.Namespace) -> int:
    """Print the answers of a saved network for test images, one a line."""
    params = storage.load_parameters(options.parameters)
    digits = _test_part(options)
    n_test = digits.y_test.size
    images = options.images or list(range(min(10, n_test)))
    if max(images) >= n_test:
        raise ValueError(f"image {max(images)}: the test part holds images 0 to {n_test - 1}")
    right = _print_answers(params, digits, images)
    _print(f"{right} of {len(images)} right")
    return 0


def _test_part(options: argparse.Namespace) -> MNIST:
    run = storage.load_settings(options.parameters.parent)
    given = {"seed": options.seed, "split": options.split, "n_test": options.test_size}
    kept = {"seed": run.get("seed"), "split": run.get("split"), "n_test": run.get("test_size")}
    chosen = {name: kept[name] if given[name] is None else given[name] for name in given}
    source = options.data if "data" in options else run.get("data")
    return data.load_mnist(source, **{k: v for k, v in chosen.items() if v is not None})


def _print_answers(params: Sequence[Array], digits: MNIST, images: list[int]) -> int:
    A2 = _probabilities(params, digits.x_test[:, images])
    answers, truth = A2.argmax(axis=0), digits.y_test[images]
    for place, image in enumerate(images):
        answer, probability = answers[place], A2[answers[place], place]
        mark = "" if answer == truth[place] else "  wrong"
        _print(f"image {image:5}  answer {answer}  p {probability:.4f}  label {truth[place]}{mark}")
    return int((answers == truth).sum())


def show_data(options: argparse.Namespace) -> int:
    """Print which data would be used, and count and fingerprint of each file."""
    _print(f"data: {data.find_source(options.data)}")
    for file in data.inventory(options.data):
        _print(f"{file.name}  {file.count}  sha256 {file.sha256}")
    return 0
