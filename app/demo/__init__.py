"""The guided tour and the little local internet that it travels."""
