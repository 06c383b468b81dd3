"""An application of the administration and where it runs."""

from typing import Annotated, Literal

from pydantic import Field

from inventory.model.base import Identifier, Strict, TcpPort, Text


class Artifact(Strict):
    """What is delivered: a wheel with the module that gunicorn serves."""

    kind: Literal["wheel"]
    name: Identifier
    version: Annotated[str, Field(pattern=r"^\d+(\.\d+)*$", description="Version (ex. 1.0.0)")]
    module: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_.]*:[a-z_][a-z0-9_]*$", description="module:objet WSGI")]

    @property
    def file_name(self) -> str:
        return f"{self.name}-{self.version}-py3-none-any.whl"


class Application(Strict):
    """One file of inventory/applications."""

    application: Identifier = Field(description="identifiant égal au nom du fichier : minuscules, chiffres, tirets")
    name: Text
    owner: Identifier = Field(description="Institution responsable")
    host: Identifier = Field(description="Machine qui la sert")
    database: Identifier = Field(description="Machine de sa base de données")
    port: TcpPort
    artifact: Artifact
    readers: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$")]] = Field(
        description="Groupes admis : institution/groupe (ex. mtdpce/conseil)"
    )
