"""What the network refuses."""

from __future__ import annotations

from upline.foundation.errors import DomainError


class MemberUnknown(DomainError):
    """There is no such member."""

    code = "network.member_unknown"
    text = "There is no member %(member)s."
    remedy = "Look the member up by code or name."


class MembersUnseen(DomainError):
    """Somebody asked for members at large without the right to see them."""

    code = "network.members_unseen"
    text = "This login may not see all members."
    remedy = "Ask the owner for a role that does."


class TreeUnknown(DomainError):
    """There is no such placement tree."""

    code = "network.tree_unknown"
    text = "There is no placement tree %(tree)s."
    remedy = "The company has these: %(known)s."


class TreeDiffers(DomainError):
    """A tree was to be opened that exists with another form."""

    code = "network.tree_differs"
    text = "The tree %(tree)s exists and is another: %(there)s."
    remedy = "Choose another name; the form of a tree never changes."


class TreeUnlawful(DomainError):
    """A tree was described that cannot be."""

    code = "network.tree_unlawful"
    text = "The tree %(tree)s cannot be opened: %(fault)s."
    remedy = "A name has small letters, figures and _; a binary tree has two slots, a matrix one or more."


class CodeTaken(DomainError):
    """Another member has this code."""

    code = "network.code_taken"
    text = "The code %(member_code)s belongs to another member."
    remedy = "Choose another code; capital and small letters count as the same."


class KeyAlreadyUsed(DomainError):
    """A repeated act came with other content."""

    code = "network.key_already_used"
    text = "The key %(key)s was used for another act, or for the same with other content."
    remedy = "Use a new key for each act, and the same for its repetition."


class CountryUnreadable(DomainError):
    """A country is two letters."""

    code = "network.country_unreadable"
    text = "%(given)s is not a country."
    remedy = "Write its two letters, as KZ or PL."


class SponsorTerminated(DomainError):
    """A terminated member takes nobody in."""

    code = "network.sponsor_terminated"
    text = "Member %(sponsor)s is terminated from %(since)s, so nobody can be put under them."
    remedy = "Choose a sponsor who is a member, such as the one above."


class BeforeJoining(DomainError):
    """Something was to hold before a member joined."""

    code = "network.before_joining"
    text = "Member %(member)s joined on %(joined_on)s, after %(effective_on)s."
    remedy = "Choose that day or a later one."


class WouldMakeCircle(DomainError):
    """A member would stand above themselves."""

    code = "network.would_make_circle"
    text = (
        "In the tree %(tree)s member %(above)s stands under member %(member)s on %(on)s: a circle."
    )
    remedy = "Move %(above)s elsewhere first, or choose another place."


class SlotTaken(DomainError):
    """Somebody stands in the slot."""

    code = "network.slot_taken"
    text = "In the tree %(tree)s the slot %(side)s under member %(parent)s is taken by %(by)s."
    remedy = "Choose a free slot, or a rule that finds one."


class NoSuchSlot(DomainError):
    """The tree has no such slot."""

    code = "network.no_such_slot"
    text = "The tree %(tree)s has no slot %(side)s."
    remedy = "It has: %(sides)s."


class NotPlaced(DomainError):
    """A member has no position in the tree on that day."""

    code = "network.not_placed"
    text = "Member %(member)s has no position in the tree %(tree)s on %(on)s."
    remedy = "Place them first, or start from a member who has one."


class AlreadyPlaced(DomainError):
    """A member has a position in the tree."""

    code = "network.already_placed"
    text = "Member %(member)s has a position in the tree %(tree)s."
    remedy = "Move them instead."


class FiguresMissing(DomainError):
    """The weaker leg was to be chosen without figures."""

    code = "network.figures_missing"
    text = "The weaker leg under member %(member)s cannot be told: %(missing)s has no figure."
    remedy = "Give the figure of each leg."


class LaterChange(DomainError):
    """History goes on: a change is appended after the last one, not between."""

    code = "network.later_change"
    text = "For member %(member)s a change from %(later_on)s is written, after %(effective_on)s."
    remedy = "Choose that day or a later one."


class HistorySealed(DomainError):
    """A sealed period's trees never change."""

    code = "network.history_sealed"
    text = "Everything before %(before_on)s is sealed, so nothing can change from %(effective_on)s."
    remedy = "Let it take effect on %(before_on)s or later."


class MemberTerminated(DomainError):
    """A terminated member cannot be acted on."""

    code = "network.member_terminated"
    text = "Member %(member)s is terminated from %(since)s."
    remedy = "Enrol the person anew if they come back."


class NotFrozen(DomainError):
    """Only a frozen member can be thawed."""

    code = "network.not_frozen"
    text = "Member %(member)s is not frozen on %(on)s."
    remedy = "Look at the member's history."


class SeveralBelow(DomainError):
    """A position with several below cannot be taken out."""

    code = "network.several_below"
    text = "In the tree %(tree)s %(count)s members stand under member %(member)s, and one slot is freed."
    remedy = "Keep the position, or move them first."


class SharesUnequalOne(DomainError):
    """The shares of holders do not sum to one."""

    code = "network.shares_unequal_one"
    text = "The shares %(shares)s sum to %(total)s, not to one."
    remedy = "Write fractions that sum to one, as 1/3 and 2/3; each person once."


class HolderUnknown(DomainError):
    """A position was to be given to nobody we know."""

    code = "network.holder_unknown"
    text = "There is no person %(person)s."
    remedy = "Record the person first."


class NoSuchTransfer(DomainError):
    """A position changes hands in known ways."""

    code = "network.no_such_transfer"
    text = "A position cannot be %(how)s."
    remedy = "It is sold, inherited, shared or corrected."


class MergeIntoItself(DomainError):
    """Two positions of one person are merged, not one and not those of others."""

    code = "network.not_doubles"
    text = "Members %(kept)s and %(double)s are not two positions of the same holders."
    remedy = "Merge the persons first if they are one, or sell the position."


class RankGrantUnknown(DomainError):
    """There is no such grant."""

    code = "network.rank_grant_unknown"
    text = "There is no rank grant %(grant)s."
    remedy = "Look at the member's grants."


class SamePerson(DomainError):
    """A second person must approve."""

    code = "network.same_person"
    text = "The grant %(grant)s was proposed by the same login, %(login)s."
    remedy = "Let somebody else approve it."


class RankGrantOverlaps(DomainError):
    """One rank is granted at a time."""

    code = "network.rank_grant_overlaps"
    text = "Member %(member)s has the rank %(rank)s granted in a part of that time."
    remedy = "End that grant first."


class SpanEmpty(DomainError):
    """Something ends before it begins."""

    code = "network.span_empty"
    text = "From %(from_on)s until %(until_on)s is no day."
    remedy = "The last day is not counted: choose a later one."


class ReasonMissing(DomainError):
    """An act that changes somebody's position needs its reason."""

    code = "network.reason_missing"
    text = "%(act)s of member %(member)s needs a reason."
    remedy = "Say in a sentence why; the member may read it."
