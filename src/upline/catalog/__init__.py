"""Products, prices by audience and market, volumes by price."""
