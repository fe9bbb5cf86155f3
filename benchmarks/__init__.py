"""Measurements, beside the house: what a press costs next to what a bare server costs. `./guichet bench` runs them."""
