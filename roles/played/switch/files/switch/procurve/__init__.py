"""HP ProCurve (ProVision, AOS-S): an access switch of 24 ports and 4 slots, 2530-24G."""
