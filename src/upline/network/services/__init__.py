"""What is done to the network: each act one transaction, and repeatable."""

from upline.network.loading import MembersRefused, check_members, load_members, read_members
from upline.network.services.correcting import change_country
from upline.network.services.due import PlacedWhenDue, place_due, turn_day
from upline.network.services.enrolling import enrol
from upline.network.services.granting import (
    RankGrantDraft,
    end_rank_grant,
    grant_rank,
    propose_rank,
)
from upline.network.services.holders import change_holders
from upline.network.services.merging import merge_positions
from upline.network.services.moving import move_placement, move_sponsor
from upline.network.services.placing import place
from upline.network.services.standing import freeze, terminate, unfreeze
from upline.network.services.trees import open_tree, seal_history

__all__ = [
    "MembersRefused",
    "PlacedWhenDue",
    "RankGrantDraft",
    "change_country",
    "change_holders",
    "check_members",
    "end_rank_grant",
    "enrol",
    "freeze",
    "grant_rank",
    "load_members",
    "merge_positions",
    "move_placement",
    "move_sponsor",
    "open_tree",
    "place",
    "place_due",
    "propose_rank",
    "read_members",
    "seal_history",
    "terminate",
    "turn_day",
    "unfreeze",
]
