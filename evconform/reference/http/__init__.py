"""What the operators' APIs of both reference back offices are made of."""
