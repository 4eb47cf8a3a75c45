"""Settings of the fingerprint that a real browser can truly show: chosen, fixed, validated, judged."""
