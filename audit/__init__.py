"""Compare retrieval rates with reference figures. Reads caselog, changes nothing there."""
