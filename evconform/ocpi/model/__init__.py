"""The objects of OCPI as data, one TOML file a version, and what comes of them: validation, spoilt objects, samples, atoms."""

from evconform.ocpi.model.errors import Error
from evconform.ocpi.model.model import Class, Enum, Field, Model, load

__all__ = ["Class", "Enum", "Error", "Field", "Model", "load"]
