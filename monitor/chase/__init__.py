"""Chases: units asked for what is overdue, by the unit directly above them; once for each thing, and never for nothing."""
