"""Marks a reader's code: finds the exercise, runs the code, and says what is wrong with it."""

import ast
import functools
import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kit.exercises.engine.calling import told
from kit.exercises.engine.exercise import Exercise, FaultError
from sphinx_live_cells.browser.notebook import about_character, without_prompts

PASSED = "Passed. This is a right {}."
FOLDER = Path(__file__).resolve().parents[1]


@functools.cache
def exercises() -> dict[str, Exercise]:
    """Return all exercises by name, in the order of the chapters; each file here is one."""
    names = [found.name for found in pkgutil.iter_modules([str(FOLDER)]) if not found.ispkg]
    modules = [importlib.import_module(f"kit.exercises.{name}") for name in names]
    found = sorted((module.EXERCISE for module in modules), key=lambda exercise: exercise.number)
    return {exercise.name: exercise for exercise in found}


def namespace(answers: Mapping[str, str]) -> dict[str, Any]:
    """Return names for a reader's code: NumPy, the reader's functions, and the book's for the rest.

    Parameters
    ----------
    answers : dict of str
        The reader's code, by the name of its exercise.
    """
    names = {"__name__": "my_nnfs", "np": np, **{e.name: e.books for e in exercises().values()}}
    for name in exercises():
        if name in answers:
            _execute(answers[name], name, names)
    return names


def _execute(source: str, name: str, names: dict[str, Any]) -> None:
    exec(compile(ast.parse(source, f"<your {name}>"), f"<your {name}>", "exec"), names)


def mark(name: str, source: str, answers: Mapping[str, str]) -> dict[str, Any]:
    """Mark a reader's code for an exercise.

    Parameters
    ----------
    name : str
        The exercise.
    source : str
        The reader's code.
    answers : dict of str
        Code that has passed, by exercise; the code to be marked can call these functions.

    Returns
    -------
    dict
        ``passed``, and ``text``, a sentence or two.
    """
    exercise = exercises()[name]
    try:
        names = namespace({key: code for key, code in answers.items() if key != name})
        the_books = names.pop(name)
        _execute(source, name, names)
        bound = name in names
        function = names.setdefault(name, the_books)
        if function is the_books and bound:
            raise FaultError(f"This is the book's own {name}. Write one yourself.")
        if function is the_books or not callable(function):
            raise FaultError(f"Your code defines no function {name}.")
        exercise.check(function)
    except FaultError as fault:
        return {"passed": False, "text": str(fault)}
    except SyntaxError as error:
        text = f"Python cannot read line {error.lineno} of your code: {error.msg}."
        prompts = without_prompts(source)[0] != source
        more = "Leave out the prompts, such as >>>." if prompts else about_character(error)
        return {"passed": False, "text": f"{text} {more}".rstrip()}
    except (Exception, SystemExit) as error:
        return {"passed": False, "text": f"Your code stops: {told(error)}"}
    return {"passed": True, "text": PASSED.format(name)}
