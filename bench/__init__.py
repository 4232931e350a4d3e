"""Measures the house beside something bare in the same run: `python -m bench [size] [server] [page] [alerts]`.

Machines differ, so nearly every figure is a ratio. Run it while nothing else runs.
"""
