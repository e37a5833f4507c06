"""Science: a calculation in many steps, rerun and recomputed before it is believed, delivered as a notebook."""
