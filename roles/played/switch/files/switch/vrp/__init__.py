"""Huawei VRP (S series, V200), as the lab plays it."""
