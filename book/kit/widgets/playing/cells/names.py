"""Names of an author's own for the numbers of a network: w11 where NumPy would say W1[0,0]."""

from collections.abc import Mapping, Sequence

Given = Mapping[str, str] | Sequence[str] | None


class Names:
    """What each number of a network is called on a page.

    Parameters
    ----------
    given : dict from the name in NumPy to the author's, or a list of names, or None
        ``{"W1[0,0]": "w11", "Z1[0]": "u1", "J": "loss"}``; parameters are shown in this order, and
        what is left out keeps its name. A list names all parameters: W1 row by row, b1, W2, b2.
    keys : sequence of str
        The numbers there are. A slope, such as ``dW1[0,0]``, is called after what it is a slope
        with respect to, unless it is given itself.

    Raises
    ------
    ValueError
        If a number is not there, a name is empty or has a space, or two have the same name.
    """

    def __init__(self, given: Given, keys: Sequence[str]) -> None:
        parameters = [key for key in keys if key[0] in "Wb"]
        if given is not None and not isinstance(given, Mapping):
            if isinstance(given, str) or len(given) != len(parameters):
                found = repr(given) if isinstance(given, str) else f"{len(given)} of them"
                raise ValueError(f"names is {found}; expected {len(parameters)}, one a parameter")
            given = dict(zip(parameters, given, strict=True))
        chosen = dict(given or {})
        for key, name in chosen.items():
            if key not in keys:
                raise ValueError(f"names has {key!r}; expected one of {', '.join(keys)}")
            if not isinstance(name, str) or not name or len(name.split()) != 1:
                raise ValueError(f"names calls {key} {name!r}; expected a name without spaces")
        first = [key for key in chosen if key in parameters]
        self.parameters = [*first, *(key for key in parameters if key not in first)]
        named = {key: f"d{chosen[key[1:]]}" for key in keys if key[0] == "d" and key[1:] in chosen}
        self.chosen = named | chosen
        _distinct([self(key) for key in keys])

    def __call__(self, key: str) -> str:
        """Return what a number is called."""
        return self.chosen.get(key, key)

    def symbol(self, key: str) -> str:
        """Return what is lit with a number: it alone if it has a name, its matrix otherwise."""
        return self.chosen.get(key, key.partition("[")[0])

    def lead(self, key: str, without: str) -> str:
        """Return what is written before a number that has a name, and before one without."""
        return self.chosen.get(key, without)


def _distinct(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"names calls two numbers {name!r}; expected each name once")
        seen.add(name)
