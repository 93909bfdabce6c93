"""The settings of the book."""

project = "A book of your own"
author = "Its author"

extensions = ["myst_nb", "sphinx_equation_checks", "sphinx_live_cells"]
html_theme = "sphinx_book_theme"
html_title = project
# The search is in the sidebar; without this a bar above the page has another.
bars = ("navbar_start", "navbar_center", "navbar_end", "navbar_persistent")
html_theme_options = {bar: [] for bar in bars}
# Formulas between dollars, and blocks that begin with colons.
myst_enable_extensions = ["dollarmath", "colon_fence"]

# Cells run at each build. One that fails is shown with its error, and fails the build.
nb_execution_mode = "force"
nb_execution_show_tb = True

# Set it to False where some labelled equations are to have no check.
equation_checks_required = True

# What the cells import beyond NumPy, so that they run in browsers, too.
live_cells_modules = ["sphinx_equation_checks"]
live_cells_packages = ["numpy"]
# The name under which a reader's browser keeps edited cells, another one for each book of a host.
live_cells_storage_key = "a-book-of-your-own"
