"""Filings: who has to file which month's report, until when, and where each unit stands with it."""
