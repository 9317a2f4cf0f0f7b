"""Answers that are doubted, and the doubts by their codes."""

DELETED = {"primary_aetiology": "azf_deletion", "y_microdeletion": "azfb"}


def codes(found):
    return [doubt.code for doubt in found]
