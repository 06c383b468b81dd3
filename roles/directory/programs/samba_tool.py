"""samba-tool with its arguments as a JSON list on stdin: a password among them is in no list of processes."""

import json
import sys

from samba.netcmd.main import samba_tool

sys.exit(samba_tool(*json.load(sys.stdin)))
