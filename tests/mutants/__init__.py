"""Measure whether the suite notices faults: mutants of the code that protects people, and the tests that run them."""
