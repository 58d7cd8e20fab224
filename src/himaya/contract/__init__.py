"""What tables and files mean: contracts after the Open Data Contract Standard, and the numbers that identify.

``tables/*.yaml`` describe the conformed tables (:func:`table_contracts`), ``files/*.yaml`` the kinds of file
(:func:`file_contracts`); ``docs/write-a-contract.md`` tells how to write one.
"""

from himaya.contract.check import Breach, check_table
from himaya.contract.errors import ContractError
from himaya.contract.file import file_contracts, header_key
from himaya.contract.table import table_contracts, table_specs

__all__ = [
    "Breach",
    "ContractError",
    "check_table",
    "file_contracts",
    "header_key",
    "table_contracts",
    "table_specs",
]
