"""One suite for every engine: the library, the helpers and the binding give the embedded engine's rows."""
