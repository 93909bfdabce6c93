"""The example as plain Sphinx builds it: sphinx-build example example/_build/html."""

project = "A book that checks itself"
extensions = ["myst_nb", "sphinx_equation_checks"]
myst_enable_extensions = ["dollarmath"]
nb_execution_raise_on_error = True
root_doc = "contents"
exclude_patterns = ["_build"]
