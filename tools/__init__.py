"""What the program is made with and does not ship."""
