"""What a profile is, and how its window opens and keeps its promises."""
