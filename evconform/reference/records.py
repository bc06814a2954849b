"""What the store keeps: a plain object whose members are the columns of its table."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import Table


class Record:
    """One row. ``row()`` is what it is now."""

    TABLE: ClassVar[Table]

    def row(self) -> dict[str, object]:
        return dict(vars(self))
