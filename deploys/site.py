"""Everything, in the order of deploys/stages.py: `pyinfra inventory/lab.py deploys/site.py`."""

from pyinfra import local

# One line each: pyinfra tells operations apart by the line that calls them.
local.include("deploys/base.py")
local.include("deploys/played.py")
local.include("deploys/nameserver.py")
local.include("deploys/backupserver.py")
local.include("deploys/directory.py")
local.include("deploys/database.py")
local.include("deploys/mail.py")
local.include("deploys/router.py")
local.include("deploys/dhcp.py")
local.include("deploys/workstation.py")
local.include("deploys/files.py")
local.include("deploys/applications.py")
local.include("deploys/webmail.py")
local.include("deploys/mailbackup.py")
local.include("deploys/timekeeping.py")
