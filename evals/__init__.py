"""Batch evaluation (批量评测): question sheets in, measured answers out."""
