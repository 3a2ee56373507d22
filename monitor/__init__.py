"""The monitor of a statewide collection campaign: its library, importable and testable without the user interface."""
