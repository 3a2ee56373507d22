from tests.ui.support import visit

__all__ = ["visit"]
