"""Where files are handed in: the uploader's own words in the language of the page."""

import streamlit as st

from monitor.i18n import _


def style(most_mb: int) -> None:
    """Say in the language of the page what the uploaders on it say in English: Streamlit has no setting for that."""
    most = _("up to {size} MB each").format(size=most_mb)
    zone = "stFileUploaderDropzone"
    st.html(
        f"""<style>
[data-testid="{zone}"] button p, [data-testid="{zone}Instructions"] span {{ font-size: 0; }}
[data-testid="{zone}"] button p::after {{ content: "{_("Choose files")}"; font-size: .875rem; }}
[data-testid="{zone}Instructions"] span::after {{ content: "{most}"; font-size: .875rem; }}
</style>"""
    )
