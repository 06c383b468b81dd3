"""The permissions of the folders of shares, with groups by name, as JSON. Argument: share names and paths, as JSON."""

import json
import re
import subprocess
import sys
from pathlib import Path

from samba.auth_util import system_session_unix
from samba.dcerpc import security
from samba.samba3 import param, smbd

EVERYTHING = security.SECINFO_OWNER | security.SECINFO_GROUP | security.SECINFO_DACL
DOMAIN_SID = re.compile(r"S-1-5-21-[0-9-]+")

param.get_context().load("/etc/samba/smb.conf")
shares = {name: path for name, path in json.loads(sys.argv[1]).items() if Path(path).is_dir()}
# As smb.conf says for all shares: a share's own section may not be there yet.
found = {name: smbd.get_nt_acl(path, EVERYTHING, system_session_unix()).as_sddl() for name, path in shares.items()}
names = {}
for sid in {sid for sddl in found.values() for sid in DOMAIN_SID.findall(sddl)}:
    # "GOUV\mtdpce-agents 2", in a case that varies; an identifier that is nobody's any more stays as it is
    answer = subprocess.run(["wbinfo", "--sid-to-name", sid], capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        name = answer.stdout.rsplit(" ", 1)[0].partition("\\")[2].lower()
        names[sid] = f"<{name}>"
print(json.dumps({share: DOMAIN_SID.sub(lambda m: names.get(m[0], m[0]), sddl) for share, sddl in found.items()}))
