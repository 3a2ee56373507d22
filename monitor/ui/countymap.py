"""The map of a unit's counties: shaded where the office has put its approved boundaries, of tiles everywhere else."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from monitor.boundaries import BoundaryError, Shape, read_boundaries
from monitor.i18n import _
from monitor.ui import figures, runtime, tilemap
from monitor.ui.header import Asked
from monitor.ui.picture import Picture
from monitor.ui.shaded import shaded
from monitor.ui.words import verbatim


def show(asked: Asked) -> None:
    """The map, with the choice of what colours it; nothing where the data hold no places."""
    shapes = _shapes(asked)
    units = tilemap.counties(asked)
    counties = units[units["kind"] == "county"] if len(units) else units
    known = counties[[str(code) in shapes for code in counties["code"]]] if len(counties) else counties
    if len(known) < 2:
        tilemap.show(asked)
        return
    by = tilemap.chosen()
    title, said = _("Counties on the map"), tilemap.alternative(asked, known)
    told = _legend(asked, known, len(counties) - len(known), by)
    shown = Picture(
        figures.kept(asked, f"map-{by}-{id(shapes)}", lambda: shaded(known, shapes, by)), title, f"{asked.note}\n{told}"
    )
    table, headers = tilemap.as_table(known)
    figures.chart(asked.who, shown, table, headers, alt=said, file=asked.file(title), key=f"map-{by}", under=told)


def _shapes(asked: Asked) -> Mapping[str, Shape]:
    """The boundaries; what is wrong with them is told to those who look at the whole."""
    try:
        return read_boundaries(runtime.campaign())
    except BoundaryError as error:
        if asked.unit.kind == "province":
            st.warning(
                _("{problem} The map of tiles is shown in its place.").format(problem=verbatim(error)),
                icon=":material/map:",
            )
        return {}


def _legend(asked: Asked, known: pd.DataFrame, missing: int, by: str) -> str:
    said = tilemap.legend(known, by)
    if missing:
        said += _(" {count} counties have no outline in the boundary file.").format(count=missing)
    number = runtime.campaign().data.boundaries_number
    return said + (_(" Map approval number: {number}").format(number=number) if number else "")
