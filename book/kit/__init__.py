"""What makes pages out of the book's chapters, one folder per reason to change.

``cells`` is what cells import, ``widgets`` has a folder for each widget, ``build`` the extensions
that build the book. A folder named ``cells`` or ``browser``, wherever it lies below this one,
imports no Sphinx: kernels and the reader's browser load what is in it.
"""
