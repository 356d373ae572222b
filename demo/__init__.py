"""Ledgerline, a third-party app as a partner would write one: it imports nothing from app."""
