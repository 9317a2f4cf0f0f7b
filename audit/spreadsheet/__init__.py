"""Cases from a spreadsheet: the same rows as from the database, or every error in the file.

`reading` finds the columns and reads the rows, `rules` says what the answers of one row mean together,
`counts` and `attempts` what they cannot mean.
"""

from audit.spreadsheet.reading import Cases, SpreadsheetErrors, read_cases

__all__ = ["Cases", "SpreadsheetErrors", "read_cases"]
