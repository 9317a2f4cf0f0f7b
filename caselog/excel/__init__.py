"""Spreadsheets in and out; no database in here."""
