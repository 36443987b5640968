"""How each language writes its dates and numbers."""
