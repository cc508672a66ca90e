"""What is done to the network: each act one transaction, and repeatable."""

from upline.network.loading import MembersRefused, load_members, read_members
from upline.network.services.enrolling import enrol
from upline.network.services.placing import place
from upline.network.services.trees import open_tree, seal_history

__all__ = [
    "MembersRefused",
    "enrol",
    "load_members",
    "open_tree",
    "place",
    "read_members",
    "seal_history",
]
