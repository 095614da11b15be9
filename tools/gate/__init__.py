"""The OWL gate in parts: its environment, OWLAPI, the reasoners, the checks. `tools/owl_gate.py` runs it."""
