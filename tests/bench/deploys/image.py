"""The image of the bench's machines is the lab's: `pyinfra -y @local tests/bench/deploys/image.py`."""

from pyinfra import host
from pyinfra.api import OperationError

from roles.lab.image import Archives, image

archives = host.get_fact(Archives)
if "debian" not in archives:
    raise OperationError("this machine's apt has no debian archive: see /etc/apt")
image(name="bench: base image", archive=archives["debian"])
