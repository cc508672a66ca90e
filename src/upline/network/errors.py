"""What the network refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from upline.foundation.errors import DomainError


class MemberUnknown(DomainError):
    """There is no such member."""

    code = "network.member_unknown"
    text = _("There is no member %(member)s.")
    remedy = _("Look the member up by code or name.")


class MembersUnseen(DomainError):
    """Somebody asked for members at large without the right to see them."""

    code = "network.members_unseen"
    text = _("This login may not see all members.")
    remedy = _("Ask the owner for a role that does.")


class TreeUnknown(DomainError):
    """There is no such placement tree."""

    code = "network.tree_unknown"
    text = _("There is no placement tree %(tree)s.")
    remedy = _("The company has these: %(known)s.")


class TreeDiffers(DomainError):
    """A tree was to be opened that exists with another form."""

    code = "network.tree_differs"
    text = _("The tree %(tree)s exists and is another: %(there)s.")
    remedy = _("Choose another name; the form of a tree never changes.")


class TreeUnlawful(DomainError):
    """A tree was described that cannot be."""

    code = "network.tree_unlawful"
    text = _("The tree %(tree)s cannot be opened: %(fault)s.")
    remedy = _(
        "A name has small letters, figures and _; a binary tree has two slots, a matrix one or more."
    )


class CodeTaken(DomainError):
    """Another member has this code."""

    code = "network.code_taken"
    text = _("The code %(member_code)s belongs to another member.")
    remedy = _("Choose another code; capital and small letters count as the same.")


class KeyAlreadyUsed(DomainError):
    """A repeated act came with other content."""

    code = "network.key_already_used"
    text = _("The key %(key)s was used for another act, or for the same with other content.")
    remedy = _("Use a new key for each act, and the same for its repetition.")


class CountryUnreadable(DomainError):
    """A country is two letters."""

    code = "network.country_unreadable"
    text = _("%(given)s is not a country.")
    remedy = _("Write its two letters, as KZ or PL.")


class SponsorTerminated(DomainError):
    """A terminated member takes nobody in."""

    code = "network.sponsor_terminated"
    text = _("Member %(sponsor)s is terminated from %(since)s, so nobody can be put under them.")
    remedy = _("Choose a sponsor who is a member, such as the one above.")


class BeforeJoining(DomainError):
    """Something was to hold before a member joined."""

    code = "network.before_joining"
    text = _("Member %(member)s joined on %(joined_on)s, after %(effective_on)s.")
    remedy = _("Choose that day or a later one.")


class WouldMakeCircle(DomainError):
    """A member would stand above themselves."""

    code = "network.would_make_circle"
    text = _(
        "In the tree %(tree)s member %(above)s stands under member %(member)s on %(on)s: a circle."
    )
    remedy = _("Move %(above)s elsewhere first, or choose another place.")


class SlotTaken(DomainError):
    """Somebody stands in the slot."""

    code = "network.slot_taken"
    text = _("In the tree %(tree)s the slot %(side)s under member %(parent)s is taken by %(by)s.")
    remedy = _("Choose a free slot, or a rule that finds one.")


class NoSuchSlot(DomainError):
    """The tree has no such slot."""

    code = "network.no_such_slot"
    text = _("The tree %(tree)s has no slot %(side)s.")
    remedy = _("It has: %(sides)s.")


class NotPlaced(DomainError):
    """A member has no position in the tree on that day."""

    code = "network.not_placed"
    text = _("Member %(member)s has no position in the tree %(tree)s on %(on)s.")
    remedy = _("Place them first, or start from a member who has one.")


class AlreadyPlaced(DomainError):
    """A member has a position in the tree."""

    code = "network.already_placed"
    text = _("Member %(member)s has a position in the tree %(tree)s.")
    remedy = _("Move them instead.")


class FiguresMissing(DomainError):
    """The weaker leg was to be chosen without figures."""

    code = "network.figures_missing"
    text = _("The weaker leg under member %(member)s cannot be told: %(missing)s has no figure.")
    remedy = _("Give the figure of each leg.")


class LaterChange(DomainError):
    """History goes on: a change is appended after the last one, not between."""

    code = "network.later_change"
    text = _("For member %(member)s a change from %(later_on)s is written, after %(effective_on)s.")
    remedy = _("Choose that day or a later one.")


class HistorySealed(DomainError):
    """A sealed period's trees never change."""

    code = "network.history_sealed"
    text = _(
        "Everything before %(before_on)s is sealed, so nothing can change from %(effective_on)s."
    )
    remedy = _("Let it take effect on %(before_on)s or later.")


class MemberTerminated(DomainError):
    """A terminated member cannot be acted on."""

    code = "network.member_terminated"
    text = _("Member %(member)s is terminated from %(since)s.")
    remedy = _("Enrol the person anew if they come back.")


class NotFrozen(DomainError):
    """Only a frozen member can be thawed."""

    code = "network.not_frozen"
    text = _("Member %(member)s is not frozen on %(on)s.")
    remedy = _("Look at the member's history.")


class SeveralBelow(DomainError):
    """A position with several below cannot be taken out."""

    code = "network.several_below"
    text = _(
        "In the tree %(tree)s %(count)s members stand under member %(member)s, and one slot is freed."
    )
    remedy = _("Keep the position, or move them first.")


class SharesUnequalOne(DomainError):
    """The shares of holders do not sum to one."""

    code = "network.shares_unequal_one"
    text = _("The shares %(shares)s sum to %(total)s, not to one.")
    remedy = _("Write fractions that sum to one, as 1/3 and 2/3; each person once.")


class HolderUnknown(DomainError):
    """A position was to be given to nobody we know."""

    code = "network.holder_unknown"
    text = _("There is no person %(person)s.")
    remedy = _("Record the person first.")


class NoSuchTransfer(DomainError):
    """A position changes hands in known ways."""

    code = "network.no_such_transfer"
    text = _("A position cannot be %(how)s.")
    remedy = _("It is sold, inherited, shared or corrected.")


class MergeIntoItself(DomainError):
    """Two positions of one person are merged, not one and not those of others."""

    code = "network.not_doubles"
    text = _("Members %(kept)s and %(double)s are not two positions of the same holders.")
    remedy = _("Merge the persons first if they are one, or sell the position.")


class RankGrantUnknown(DomainError):
    """There is no such grant."""

    code = "network.rank_grant_unknown"
    text = _("There is no rank grant %(grant)s.")
    remedy = _("Look at the member's grants.")


class SamePerson(DomainError):
    """A second person must approve."""

    code = "network.same_person"
    text = _("The grant %(grant)s was proposed by the same login, %(login)s.")
    remedy = _("Let somebody else approve it.")


class RankGrantOverlaps(DomainError):
    """One rank is granted at a time."""

    code = "network.rank_grant_overlaps"
    text = _("Member %(member)s has the rank %(rank)s granted in a part of that time.")
    remedy = _("End that grant first.")


class SpanEmpty(DomainError):
    """Something ends before it begins."""

    code = "network.span_empty"
    text = _("From %(from_on)s until %(until_on)s is no day.")
    remedy = _("The last day is not counted: choose a later one.")


class ReasonMissing(DomainError):
    """An act that changes somebody's position needs its reason."""

    code = "network.reason_missing"
    text = _("Nothing was done, because no reason was given.")
    remedy = _("Say in a sentence why; the member may read it.")
