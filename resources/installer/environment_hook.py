"""Runs first in the frozen program on Linux: what its start put into the environment must reach no child.

The loader has read its library path already. Driver, browsers and whatever Qt starts get what the person had,
and the keeper starts as a program of its own.
"""

import os

if "LD_LIBRARY_PATH_ORIG" in os.environ:
    os.environ["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH_ORIG"]
else:
    os.environ.pop("LD_LIBRARY_PATH", None)
for _name in [name for name in os.environ if name.startswith("_PYI_")]:
    del os.environ[_name]
