"""The guided tour and the little local internet it runs on."""
