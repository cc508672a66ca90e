"""Members, sponsor tree, placement trees and their history."""
