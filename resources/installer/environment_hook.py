"""Runs first in the frozen program on Linux: the loader's own library path must not reach any child.

The loader has read it already. Keeper, driver, browsers and whatever Qt starts get what the person had.
"""

import os

if "LD_LIBRARY_PATH_ORIG" in os.environ:
    os.environ["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH_ORIG"]
else:
    os.environ.pop("LD_LIBRARY_PATH", None)
