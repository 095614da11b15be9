"""Loading into triple stores and folders."""
