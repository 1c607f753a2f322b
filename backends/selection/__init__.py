"""Which source answers a question best: every candidate with its accuracy, its cost and a verdict.

The order is that of the question, not of a list of names: exact answers first, the cheapest of
them; a method that states its own truncation error where it costs less than half of that or where
nothing exact fits; otherwise a refusal with the numbers.
"""

from backends.selection.accuracy import Accuracy, accuracy
from backends.selection.choice import Choice, choose, reasons
from backends.selection.option import Option, options

__all__ = ["Accuracy", "Choice", "Option", "accuracy", "choose", "options", "reasons"]
