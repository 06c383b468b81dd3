"""An access switch for the lab: the command line of a vendor in front of Open vSwitch. Test equipment."""
