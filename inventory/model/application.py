"""An application of the administration and where it runs."""

from typing import Annotated, Literal

from pydantic import Field

from inventory.model import forms
from inventory.model.base import Identifier, Strict, TcpPort, Text


class Artifact(Strict):
    """What is delivered: a wheel with the module that gunicorn serves."""

    kind: Literal["wheel"] = Field(description="Ce qui est livré", examples=["wheel"])
    name: Identifier = Field(description="Nom du paquet livré", examples=["standin"])
    version: Annotated[str, forms.VERSION.field()]
    module: Annotated[str, forms.WSGI.field()]

    @property
    def file_name(self) -> str:
        return f"{self.name}-{self.version}-py3-none-any.whl"


class Application(Strict):
    """One file of inventory/applications."""

    application: Identifier = Field(description="Identifiant, égal au nom du fichier", examples=["cim"])
    name: Text = Field(description="Nom de l'application", examples=["Circuit intégré des missions"])
    owner: Identifier = Field(description="Institution responsable")
    host: Identifier = Field(description="Machine qui la sert", examples=["app1"])
    database: Identifier = Field(description="Machine de sa base de données", examples=["db1"])
    port: TcpPort
    artifact: Artifact = Field(
        description="Ce qui est livré : un paquet Python (wheel)",
        examples=[{"kind": "wheel", "name": "standin", "version": "1.0.0", "module": "standin:app"}],
    )
    readers: list[Annotated[str, forms.READER.field()]] = Field(
        description="Groupes admis : institution/groupe", examples=[["mtdpce/conseil"]]
    )
