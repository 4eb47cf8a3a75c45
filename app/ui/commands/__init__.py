"""What a person can do, as one table that menus, keys and the palette read."""
