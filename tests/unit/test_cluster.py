"""Training over worker processes: the same parameters, whoever of them is lost."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

import nnfs
from nnfs import cli, cluster, engine, layers, network, storage
from nnfs.activations import Activation
from nnfs.cluster import ClusterError, connect
from nnfs.training import Run

ROOT = Path(nnfs.__file__).resolve().parents[1]
M = 101
rng = np.random.default_rng(0)
X = rng.random((7, M)) * (rng.random((7, M)) < 0.5)
Y = rng.integers(3, size=M)
TANH = Activation("tanh", np.tanh, lambda Z: 1 - np.tanh(Z) ** 2)
RECIPE = {"hidden": 5, "n_classes": 3, "seed": 3, "iterations": 8}


@pytest.fixture(scope="module")
def client():
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_TRIM_THRESHOLD_")
    before = [os.environ.get(name) for name in names]
    with connect("local", workers=2) as client:
        yield client
    assert [os.environ.get(name) for name in names] == before


def scaled(client, count):
    """Have exactly so many workers."""
    client.cluster.scale(count)
    until = time.monotonic() + 30
    while len(client.nthreads()) != count and time.monotonic() < until:
        time.sleep(0.05)
    assert len(client.nthreads()) == count


def kill_one(client, place=0):
    psutil.Process(list(client.run(os.getpid).values())[place]).kill()


AS_STARTED = True, None, "1"


def state():
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    return ignored, os.environ.get("MALLOC_TRIM_THRESHOLD_"), os.environ["OMP_NUM_THREADS"]


def close(found, expected, atol=1e-12):
    for P, Q in zip(found.params, expected.params, strict=True):
        assert P.dtype == Q.dtype
        np.testing.assert_allclose(P, Q, rtol=0, atol=atol)
    np.testing.assert_allclose(found.history.loss, expected.history.loss, rtol=0, atol=10 * atol)
    np.testing.assert_array_equal(found.history.accuracy, expected.history.accuracy)


RECIPES = {
    "all": {},
    "linear": {"hidden": []},
    "batches": {"batch_size": 10, "optimizer": "adam"},
    "dropout": {"batch_size": 30, "dropout": 0.3, "hidden": [5, 4]},
    "penalty": {"weight_decay": 0.1, "activation": TANH},
}


@pytest.mark.parametrize("options", RECIPES.values(), ids=RECIPES)
def test_a_run_over_workers_is_that_of_one_process(client, options):
    scaled(client, 2)
    recipe = {**RECIPE, **options}
    close(nnfs.train(X, Y, **recipe, cluster=client), nnfs.train(X, Y, **recipe))


def test_in_single_precision_to_its_rounding(client):
    small = X.astype(np.float32)
    found = nnfs.train(small, Y, **RECIPE, cluster=client)
    close(found, nnfs.train(small, Y, **RECIPE), atol=1e-5)


def test_a_worker_that_is_killed_changes_nothing_but_time(client, capfd):
    scaled(client, 2)
    for place, options in enumerate([{}, {"batch_size": 20}]):
        recipe, killed = {**RECIPE, **options}, []

        def kill(step, place=place, killed=killed):
            if step.iteration == 5:
                killed.append(kill_one(client, place))

        found = nnfs.train(X, Y, **recipe, cluster=client, callback=kill)
        assert len(killed) == 1
        # The one in its place is as the first ones were.
        assert list(client.run(state).values()) == [AS_STARTED] * 2
        close(found, nnfs.train(X, Y, **recipe))
    assert capfd.readouterr() == ("", "")


def test_without_a_worker_the_run_stops_and_goes_on_when_there_are_some(
    client, monkeypatch, tmp_path
):
    scaled(client, 2)
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    run, path = Run(X, Y, **RECIPE, cluster=client), tmp_path / "run.npz"
    with pytest.raises(ClusterError, match=r"the cluster at tcp://\S+ has no worker"):
        run.finish(callback=lambda step: step.iteration == 4 and scaled(client, 0), checkpoint=path)
    assert run.iteration == 5
    scaled(client, 1)
    whole = nnfs.train(X, Y, **RECIPE)
    close(Run.load(path, X, Y, cluster=client).finish(), whole)
    close(Run.load(path, X, Y).finish(), whole)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_any_number_of_workers(client, workers):
    scaled(client, workers)
    close(nnfs.train(X, Y, **RECIPE, cluster=client), nnfs.train(X, Y, **RECIPE))


def test_more_workers_than_examples(client):
    for options in ({}, {"batch_size": 1}):
        recipe = {**RECIPE, **options}
        found = nnfs.train(X[:, :1], Y[:1], **recipe, cluster=client)
        close(found, nnfs.train(X[:, :1], Y[:1], **recipe))


def test_examples_stay_where_they_are(client):
    """Dask would otherwise carry small ones to a worker that has less to do."""

    def slow(params, X, y):
        time.sleep(0.05 * (X.shape[-1] > 50))
        return network.gradient(params, np.asarray(X), y)

    scaled(client, 2)
    params = nnfs.init_params(7, 5, 3, dtype=np.float64)
    dealt, made = cluster._in_parts(slow, X, Y, 2)
    shares, sizes = cluster.Shares(client, made), [sum(map(len, pieces)) for pieces in dealt]
    shares.ask(params, [0, 1], sizes)
    scaled(client, 3)
    for _ in range(3):
        shares.ask(params, [0, 1] * 3, sizes * 3)
    assert [len(places) for places in client.who_has(shares.kept).values()] == [1, 1]
    shares.end()


def test_large_parameters_are_sent_once_for_all(client, monkeypatch):
    monkeypatch.setattr(cluster, "LARGE", 0)
    close(nnfs.train(X, Y, **RECIPE, cluster=client), nnfs.train(X, Y, **RECIPE))


def test_a_run_goes_on_with_and_without_a_cluster(client, tmp_path):
    path, recipe = tmp_path / "run.npz", {**RECIPE, "batch_size": 20}
    half = Run(X, Y, **recipe, cluster=client)
    half.finish(callback=lambda step: step.iteration == 5)
    half.save(path)
    whole = nnfs.train(X, Y, **recipe)
    close(Run.load(path, X, Y).finish(), whole)
    close(Run.load(path, X, Y, cluster=client).finish(), whole)


def test_each_worker_keeps_as_many_examples_to_a_part():
    dealt, _ = cluster._in_parts(network.gradient, np.ones((7, 60_000), np.float32), Y, 4)
    counts = [sum(map(len, pieces)) for pieces in dealt]
    assert sum(counts) == 60_000
    assert max(counts) - min(counts) <= engine.PART // 4


def test_of_the_users_own_gradient_what_it_returns_is_checked_and_its_examples_stay(client):
    def written(params, X, y):
        X *= 2
        return network.gradient(params, X, y)

    def short(params, X, y):
        return network.gradient(params, X, y)[:2]

    for gradient, told in ((written, "writes into the X"), (short, "expected three")):
        with pytest.raises(ValueError, match=told):
            nnfs.train(X, Y, **RECIPE, gradient=gradient, cluster=client)

    def own(params, X, y):
        return layers.gradient(params, np.asarray(X), y)

    close(nnfs.train(X, Y, **RECIPE, gradient=own, cluster=client), nnfs.train(X, Y, **RECIPE))


def test_a_share_says_its_size_and_arrives_as_one_that_cannot_be_written_to():
    import pickle

    for gradient in (network.gradient, lambda params, X, y: None):
        part = engine.formed(gradient, X, Y, np.arange(50))
        share = cluster.Share(network.gradient, [part])
        assert sys.getsizeof(share) >= part[1].nbytes + 40 * 7 * 8
        (kept, y), *_ = pickle.loads(pickle.dumps(share)).parts
        np.testing.assert_array_equal(kept, X[:, :50])
        assert not y.flags.writeable


def test_the_objective_serves_within_its_context_only(client):
    params = nnfs.init_params(7, 5, 3, dtype=np.float64)
    with cluster.objective(client, network.gradient, X, Y) as objective:
        found = objective(params)
    with pytest.raises(RuntimeError, match="after its context ended"):
        objective(params)
    loss, correct, _ = network.gradient(params, X, Y)
    assert found.loss == pytest.approx(loss, rel=1e-13)
    assert found.accuracy == correct / M


def test_workers_of_our_own_leave_ctrl_c_to_their_master_and_keep_freed_memory(client):
    assert set(client.run(state).values()) == {AS_STARTED}


def test_the_end_does_not_fail_over_a_worker_that_dask_has_lost_sight_of(monkeypatch):
    import distributed

    def unknown(self, op, message):
        if op == "remove":
            raise KeyError(message)

    monkeypatch.setattr(distributed.LocalCluster, "_update_worker_status", unknown)
    with connect("local", workers=1) as client:
        run = nnfs.train(X, Y, cluster=client, **RECIPE)
    assert run.history.loss.size == RECIPE["iterations"]
    assert client.cluster.status == distributed.Status.closed


def test_the_address_of_a_worker_is_none_of_a_scheduler(client):
    with pytest.raises(ClusterError, match="is no scheduler of Dask but a worker"):
        connect(next(iter(client.nthreads()))).__enter__()


@pytest.mark.parametrize(
    "address", ["", "garbage", "http://a.b:80", "tcp://:8786", "tcp://a:b", "a:99999", 8786]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueError, match="address"), connect(address):
        pass


def test_nobody_at_an_address_and_somebody_else(monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"

        def greet():
            there, _ = server.accept()
            there.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 4)
            there.close()

        threading.Thread(target=greet, daemon=True).start()
        with pytest.raises(ClusterError, match=f"at {address} is no scheduler of Dask"):
            connect(address).__enter__()
    with pytest.raises(ClusterError, match=f"no scheduler answers at {address} within"):
        connect(address).__enter__()


def test_arguments_that_do_not_go_together(client):
    with pytest.raises(ValueError, match="workers"), connect("local", workers=0):
        pass
    with pytest.raises(ValueError, match="workers=2 are for 'local'"):
        connect("tcp://a:1", workers=2).__enter__()
    with pytest.raises(ValueError, match=r"cluster must be a distributed\.Client"):
        nnfs.train(X, Y, **RECIPE, cluster="local")
    with pytest.raises(ValueError, match="threads=2"):
        nnfs.train(X, Y, **RECIPE, cluster=client, threads=2)


def one_line(text):
    (line,) = text.splitlines()
    return line


@pytest.fixture
def train(tmp_path, capsys, blank):
    """Return a function that trains on the command line, and gives exit code, words and folder."""
    csv = tmp_path / "digits.csv"
    pixels = np.random.default_rng(1).integers(0, 256, (60, 784))
    head = ",".join(["label", *(f"pixel{place}" for place in range(784))])
    rows = [",".join(map(str, [k % 10, *row])) for k, row in enumerate(pixels)]
    csv.write_text("\n".join([head, *rows]), encoding="utf8")
    out = tmp_path / "run"

    def run(*options):
        data = () if "--resume" in options else ("--data", csv, "--test-size", 9)
        code = cli.main(["train", *map(str, (*data, "--out", out, "--quiet", *options))])
        return code, *capsys.readouterr(), out

    return run


@pytest.mark.parametrize(
    ("options", "told", "expected"),
    [
        (("--cluster", "nowhere"), "--cluster nowhere: 'nowhere' is no address", 1),
        (("--cluster", "127.0.0.1:1"), "no scheduler answers at 127.0.0.1:1", 1),
        (("--workers", "2"), "--workers 2: are those of --cluster local", 1),
        (("--cluster", "127.0.0.1:1", "--workers", "2"), "at an address has its own", 1),
    ],
)
def test_on_the_command_line_an_error_is_one_line(train, monkeypatch, options, told, expected):
    monkeypatch.setattr(cluster, "SECONDS", 0.5)
    code, out, err, folder = train(*options)
    assert (code, out) == (expected, "")
    assert told in one_line(err)
    assert not folder.exists()


def test_no_workers_at_all_is_an_error_of_use(train, capsys):
    with pytest.raises(SystemExit) as end:
        train("--cluster", "local", "--workers", "0")
    assert end.value.code == 2
    assert "--workers: it must be a whole number of at least 1" in one_line(capsys.readouterr().err)


def test_without_dask_it_says_what_to_install(train, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err, _ = train("--cluster", "local")
    assert code == 1
    assert "pip install '.[cluster]'" in one_line(err)
    with pytest.raises(ModuleNotFoundError, match="needs Dask"), connect("local"):
        pass


@pytest.fixture
def elsewhere():
    """Yield the process and the address of a scheduler that has one worker."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    address = f"tcp://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "distributed.cli.dask_"]
    hidden = ["--no-dashboard", "--host", "127.0.0.1"]
    parts = [
        [command[-1] + "scheduler", "--port", port, *hidden],
        [command[-1] + "worker", address, "--no-nanny", "--nthreads", "2", *hidden],
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = [subprocess.Popen([*command[:-1], *part], env=environment, **quiet) for part in parts]
    try:
        yield started[0], address
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_when_the_scheduler_is_lost_the_last_parameters_are_saved(train, elsewhere, monkeypatch):
    scheduler, address = elsewhere
    monkeypatch.setattr(cluster, "SECONDS", 30)
    taken = Run._keep

    def keep(self, step):
        taken(self, step)
        if step.iteration == 6:
            scheduler.kill()
            scheduler.wait()

    monkeypatch.setattr(Run, "_keep", keep)
    code, out, err, folder = train("--cluster", address, "--iterations", 20)
    assert (code, out) == (1, "")
    told = f"nnfs: error: the scheduler at {address} is lost, after 7 of 20 iterations; kept in "
    assert one_line(err) == told + str(folder)
    reached = storage.load_parameters(folder / "parameters.npz")
    monkeypatch.setattr(Run, "_keep", taken)
    code, _, err, _ = train("--resume", folder, "--iterations", 7)
    assert (code, err) == (0, "")
    for P, Q in zip(reached, storage.load_parameters(folder / "parameters.npz"), strict=True):
        np.testing.assert_array_equal(P, Q)
    code, _, err, _ = train("--resume", folder, "--iterations", 20)
    assert (code, err) == (0, "")


SCRIPT = """
import os, psutil, nnfs
from nnfs.cluster import connect
from tests.unit.test_cluster import RECIPE, X, Y, kill_one

def main():
    with connect("local", workers=1) as client:
        kill = lambda step: step.iteration == 3 and kill_one(client)
        training = nnfs.train(X, Y, **RECIPE, cluster=client, callback=kill)
        print(training.history.loss.size)

GUARD
"""


def run_script(tmp_path, guard):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT.replace("GUARD", guard), encoding="utf8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(path)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def test_a_script_hears_nothing_of_dask(tmp_path):
    run = run_script(tmp_path, "if __name__ == '__main__':\n    main()")
    assert (run.returncode, run.stdout, run.stderr) == (0, "8\n", "")


@pytest.mark.exhaustive(share=1)
def test_a_script_without_its_guard_is_told_of_it(tmp_path):
    run = run_script(tmp_path, "main()")
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].endswith('stands below if __name__ == "__main__":')
    assert run.stderr.count("Traceback") == 1
