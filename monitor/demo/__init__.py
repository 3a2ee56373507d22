"""The demonstration campaign: invented schools, figures and filings, as tables loaded through the ordinary intake.

What it contains is data (scenario.toml, counties.csv); the stories to find in it are described in docs/demo.md.
"""

from monitor.demo.filings import filing_story
from monitor.demo.loading import fill
from monitor.demo.scenario import DemoError
from monitor.demo.tables import FILINGS_FILE, write_tables

__all__ = ["FILINGS_FILE", "DemoError", "filing_story", "fill", "write_tables"]
