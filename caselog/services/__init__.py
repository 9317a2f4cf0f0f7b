"""Every change of state, one function each: permission, transaction and history inside."""
