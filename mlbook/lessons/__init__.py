"""The lessons and what is done with them: catalogue, notebooks, runs, pages, command line.

========== ==========================================================================
catalogue  the order of the lessons, their titles, slides and minutes
build      ``notebooks/src/NN_slug.py`` becomes ``notebooks/NN_slug.ipynb``
parameters the tagged cell of a lesson; ``given`` is what ``-p name=value`` may say
run        one papermill process a lesson (``process``, ``child``, ``kernel``)
pages      executed notebooks become pages that need no network
cli        ``mlbook list | run | build | lab | doctor``
========== ==========================================================================
"""

from mlbook.lessons.catalogue import LESSONS, Lesson, find

__all__ = ["LESSONS", "Lesson", "find"]
