"""The configuration for plain Sphinx with MyST-NB: ``sphinx-build example built``."""

project = "Live cells"
author = "The authors of sphinx-live-cells"
extensions = ["myst_nb", "sphinx_live_cells"]
# A page of contents, which Jupyter Book makes from _toc.yml.
root_doc = "contents"
exclude_patterns = ["_build", "built"]
nb_execution_mode = "force"
nb_execution_raise_on_error = True

live_cells_modules = ["springs"]
live_cells_files = ["data/*.csv"]
live_cells_absent = {"sympy": "SymPy"}
live_cells_less = ["springs.measurements"]
live_cells_less_note = "Computed from the first measurements, so the numbers differ."
