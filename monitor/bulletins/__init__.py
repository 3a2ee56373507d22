"""Bulletins (通报): what the province publishes about everyone's progress, from the first draft to the frozen document."""
