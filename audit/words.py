"""Says the codes and numbers of `audit.results` in the reader's language."""
