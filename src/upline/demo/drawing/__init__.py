"""Pictures of the demo company's products: still lifes drawn by code, the same ones every time."""

from upline.demo.drawing.pictures import PICTURES, picture, write_pictures

__all__ = ["PICTURES", "picture", "write_pictures"]
