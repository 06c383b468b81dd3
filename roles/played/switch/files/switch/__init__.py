"""An access switch for the lab: the command line of Cisco IOS in front of Open vSwitch. Test equipment."""
