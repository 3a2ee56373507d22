"""The measures: pure functions from figures to figures. They know neither the store nor the screen.

What every figure means is in docs/definitions.md.
"""

from monitor.measures.assess import assess
from monitor.measures.panel import Panel

__all__ = ["Panel", "assess"]
