"""Made-up companies of any size: the same arguments give the same bytes on any machine."""

from upline.generate.company import Company, company
from upline.generate.shapes import SHAPES

__all__ = ["SHAPES", "Company", "company"]
