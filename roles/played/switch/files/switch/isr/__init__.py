"""A Cisco IOS XE edge router: what it takes and prints, and what its cores of RESINA make of it. No packets."""
