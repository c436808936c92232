"""What every article needs, loaded by the import: for the process that workers are forked from, see workers.py."""

import gc

from helpers import batch, tone  # noqa: F401 (to have them and theirs imported)
from helpers.gazetteer import open_gazetteer
from helpers.language import load_pipeline, split_sentences

open_gazetteer()
load_pipeline()
split_sentences("Loaded.")
gc.freeze()  # or looking for garbage would make each worker its own copy
