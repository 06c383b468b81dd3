"""Whether switches are hardened as the guides ask, rule by rule."""
