"""The store: schema, engine, migrations, what is written and what is read. All SQL of the program lives here."""

from monitor.store.engine import Store, open_store
from monitor.store.migrate import migrate
from monitor.store.scope import Scope

__all__ = ["Scope", "Store", "migrate", "open_store"]
