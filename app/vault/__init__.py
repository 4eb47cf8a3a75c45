"""The encrypted vault: key slots, sealed database, migrations, sealed fields, operators and sessions."""
