"""The process that owns the running windows and outlives the face that asked for them."""
