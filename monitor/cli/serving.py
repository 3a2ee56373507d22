"""`serve`: the program in the browser."""

import os
from pathlib import Path

import click
from sqlalchemy import make_url

from monitor.campaign import PROJECT
from monitor.cli.common import campaign_or_exit, opened
from monitor.i18n import _

MESSAGE_MB = 200
"""Largest message between browser and server, as Streamlit bounds it."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0: every one.")
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65535), help="Port to listen at.")
@click.option(
    "--proxy", default="127.0.0.1", show_default=True, help="Address of the proxy whose forwarded headers are believed."
)
def serve(host: str, port: int, proxy: str) -> None:
    """Serve the program (one process; a proxy before it speaks https)."""
    # What is wrong with config.toml or the database is told here, in words, not from inside the server.
    with opened(campaign_or_exit()):
        _go_home()
    click.echo(
        _("Open http://{host}:{port} in a browser. Ctrl+C ends the program.").format(host=host, port=port), err=True
    )
    run("app:app", str(PROJECT), host, port, proxy)


def run(app: str, folder: str, host: str, port: int, proxy: str) -> None:
    """Serve an ASGI application of Streamlit's, with the settings that were measured for it."""
    import uvicorn

    uvicorn.run(
        app,
        app_dir=folder,
        host=host,
        port=port,
        ws="websockets-sansio",
        ws_max_size=MESSAGE_MB * 1024 * 1024,
        ws_ping_interval=30,
        ws_ping_timeout=30,
        proxy_headers=True,
        forwarded_allow_ips=proxy,
        server_header=False,
        access_log=False,
        timeout_graceful_shutdown=5,
    )


def _go_home() -> None:
    """Streamlit finds its settings in the folder that the program runs in: go there, taking relative paths along."""
    config = os.environ.get("MONITOR_CONFIG")
    if config:
        os.environ["MONITOR_CONFIG"] = str(Path(config).resolve())
    address = os.environ.get("MONITOR_DATABASE_URL")
    if address:
        url = make_url(address)
        if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
            url = url.set(database=str(Path(url.database).resolve()))
            os.environ["MONITOR_DATABASE_URL"] = url.render_as_string(hide_password=False)
    os.chdir(PROJECT)
