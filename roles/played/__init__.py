"""What the lab plays in the place of equipment that it does not have. Test equipment: no product code imports it."""
