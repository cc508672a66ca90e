"""Load many members at once: read, resolve, check everything, write by COPY."""

from upline.network.loading.faults import LoadFault, MembersRefused
from upline.network.loading.load import Loaded, check_members, load_members
from upline.network.loading.reading import read_members

__all__ = ["LoadFault", "Loaded", "MembersRefused", "check_members", "load_members", "read_members"]
