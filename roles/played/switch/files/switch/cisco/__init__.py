"""What all that is played of Cisco's have in common; what a switch or a router has beyond it is in ios/ and isr/."""
