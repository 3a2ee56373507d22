"""Findings about the figures: what each rule says, who may explain one, and how the denominators differ."""
