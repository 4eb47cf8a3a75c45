"""What a window shows of its machine: chosen once, fixed at the first green preflight, checked for contradictions."""
